import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { PeerCertificate, TLSSocket } from 'node:tls';

/** Enough for `/metrics` of a busy process. */
const longestBodyBytes = 4 << 20;

export type HttpAnswer = {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  /** Of the server, with https. */
  certificate: PeerCertificate | undefined;
};

/** One GET over a connection of its own. Redirects are not followed. @throws what the connection says */
export function askHttp(
  url: string | URL,
  options: {
    signal: AbortSignal;
    headers?: Record<string, string>;
    trusted?: string[] | undefined;
    /** For a server of this machine that signed its own certificate. */
    anyCertificate?: boolean;
  },
): Promise<HttpAnswer> {
  const { signal, headers, trusted, anyCertificate } = options;
  const target = new URL(url);
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  const request = (target.protocol === 'https:' ? httpsRequest : httpRequest)(target, {
    agent: false,
    signal,
    headers: { 'User-Agent': 'Parley', ...headers },
    ...(trusted && { ca: trusted }),
    ...(anyCertificate && { rejectUnauthorized: false }),
  });
  request.once('response', (response) => {
    const certificate = (response.socket as Partial<TLSSocket>).getPeerCertificate?.();
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > longestBodyBytes) response.destroy(new Error('The answer is too long.'));
      else chunks.push(chunk);
    });
    response.once('error', reject);
    response.once('end', () => {
      const { statusCode: status = 0, headers: answered } = response;
      resolve({ status, headers: answered, body: Buffer.concat(chunks).toString('utf8'), certificate });
    });
  });
  request.on('error', reject);
  request.end();
  return promise;
}

import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { HttpTool } from '../../agent-files/tools/http-tool.ts';
import { pinnedLookup } from '../webhooks/pinned-lookup.ts';
import { type HttpAnswer, readHttpAnswer } from './read-answer.ts';
import { resolveToolTarget, ToolAddressError, type ToolAddressRules } from './tool-address.ts';
import type { ToolOutcome } from './tool-outcome.ts';
import type { ToolRequest } from './tool-request.ts';

/** Longest answer that is read, in bytes. */
const longestAnswer = 1_000_000;
const mostRedirects = 3;

/**
 * Sends one request of a tool and reads what comes back. A redirect is followed for GET alone, to addresses that pass the same
 * rules, and without the tool's own headers where it leaves the host. Never rejects.
 * @param signal Ends the wait; what comes of a request that was sent is then unknown.
 */
export async function sendToolRequest(
  request: ToolRequest,
  { answer: reading, rules, signal }: { answer: HttpTool['answer']; rules: ToolAddressRules; signal: AbortSignal },
): Promise<ToolOutcome & { retryAfter?: string | undefined }> {
  const safe = request.method === 'GET';
  let next = request;
  for (let redirects = 0; ; redirects += 1) {
    const sent = await exchange(next, { rules, signal });
    if ('outcome' in sent)
      return safe && sent.outcome.is === 'unknown' ? { ...sent.outcome, is: 'failed' } : sent.outcome;
    const to = safe && redirects < mostRedirects ? redirected(next, sent) : undefined;
    if (!to) return { ...readHttpAnswer(sent, { reading, safe }), retryAfter: sent.retryAfter };
    next = to;
  }
}

function redirected(request: ToolRequest, { status, location }: Exchanged): ToolRequest | undefined {
  if (![301, 302, 303, 307, 308].includes(status) || !location || !URL.canParse(location, request.url))
    return undefined;
  const url = new URL(location, request.url);
  return url.origin === request.url.origin
    ? { ...request, url }
    : { ...request, url, headers: { Accept: request.headers['Accept'] ?? '*/*', 'User-Agent': 'Parley' } };
}

type Exchanged = HttpAnswer & { location: string | undefined };

async function exchange(
  { method, url, headers, body }: ToolRequest,
  { rules, signal }: { rules: ToolAddressRules; signal: AbortSignal },
): Promise<Exchanged | { outcome: ToolOutcome }> {
  let connected = false;
  try {
    const addresses = await resolveToolTarget(url, rules);
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Exchanged>();
    const outgoing = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
      method,
      headers: {
        ...headers,
        'Accept-Encoding': 'identity',
        ...(body !== undefined && { 'Content-Length': Buffer.byteLength(body) }),
      },
      lookup: pinnedLookup(addresses),
      // The shared agent would keep connections, and with them the address of an earlier check.
      agent: false,
      signal,
    });
    outgoing.once('socket', (socket) => {
      socket.once((socket as TLSSocket).encrypted ? 'secureConnect' : 'connect', () => (connected = true));
    });
    outgoing.once('response', (response) => {
      const parts: Buffer[] = [];
      let length = 0;
      const { statusCode = 0, headers: told } = response;
      const done = (text: string | undefined) =>
        resolve({
          status: statusCode,
          contentType: told['content-type'] ?? '',
          retryAfter: told['retry-after'],
          location: told.location,
          body: text,
        });
      response.on('data', (part: Buffer) => {
        length += part.length;
        if (length <= longestAnswer) return void parts.push(part);
        done(undefined);
        response.destroy();
      });
      response.once('end', () => done(Buffer.concat(parts).toString()));
      response.once('error', reject);
    });
    // Stays for what comes after the answer, such as the reset of a connection that we cut.
    outgoing.on('error', reject);
    outgoing.end(body);
    return await promise;
  } catch (error) {
    return { outcome: brokenOff(error, { connected, timedOut: signal.aborted }) };
  }
}

function brokenOff(error: unknown, { connected, timedOut }: { connected: boolean; timedOut: boolean }): ToolOutcome {
  if (error instanceof ToolAddressError) return { is: 'failed', note: `It was not sent: ${error.message}` };
  const { code } = error as NodeJS.ErrnoException;
  if (!connected)
    return { is: 'failed', note: `The server cannot be reached${code && !timedOut ? ` (${code})` : ''}.` };
  return {
    is: 'unknown',
    note: timedOut
      ? 'The server did not answer in time.'
      : `The connection broke before the answer (${code ?? 'cut'}).`,
  };
}

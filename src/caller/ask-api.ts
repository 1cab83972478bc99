import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { z } from 'zod';

/** The API of a running `parley serve`. */
export type Api = {
  url: string;
  key: string;
  /** PEM of its certificate, when it signed one itself. */
  certificate?: string | undefined;
  /** Where LiveKit is reached, when not through the API's own address. */
  livekitUrl?: string | undefined;
};

const problemSchema = z.object({ detail: z.string() });

/**
 * Sends one request and reads the JSON of the answer.
 * @throws Error with what the API said, or what to do when nothing answers there
 */
export async function askApi(api: Api, method: string, path: string, body?: unknown): Promise<unknown> {
  const { status, text } = await request(api, method, path, body === undefined ? undefined : JSON.stringify(body));
  const answer: unknown = JSON.parse(text);
  if (status < 300) return answer;
  const problem = problemSchema.safeParse(answer);
  throw new Error(problem.success ? problem.data.detail : `The API answered ${status} to ${method} ${path}.`);
}

/** `fetch` cannot be given the certificate of one server. */
function request(api: Api, method: string, path: string, body?: string): Promise<{ status: number; text: string }> {
  const send = api.url.startsWith('https:') ? httpsRequest : httpRequest;
  const headers = { 'x-api-key': api.key, ...(body ? { 'content-type': 'application/json' } : {}) };
  return new Promise((resolve, reject) => {
    const asked = send(
      api.url + path,
      { method, headers, ...(api.certificate ? { ca: api.certificate } : {}) },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => void chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
        );
      },
    );
    asked.on('error', (error) =>
      reject(new Error(`No Parley answers at ${api.url} (${error.message}). Start it with \`parley up\`.`)),
    );
    asked.end(body);
  });
}

import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { z } from 'zod';
import type { CallerReport } from './caller-report.ts';
import type { CallerScript } from './caller-script.ts';
import type { Transcribe } from './caller-report.ts';
import type { Speak } from './prepare-step.ts';
import { runCaller } from './run-caller.ts';

/** The API of a running `parley serve`. */
export type Api = {
  url: string;
  key: string;
  /** PEM of its certificate, when it signed one itself. */
  certificate?: string | undefined;
  /** Where LiveKit is reached, when not through the API's own address. */
  livekitUrl?: string | undefined;
};

const startedSchema = z.object({ call_id: z.string(), livekit_url: z.string(), token: z.string() });
const problemSchema = z.object({ detail: z.string() });

const endedSchema = z.object({
  status: z.string(),
  outcome: z.string().nullable(),
  end_reason: z.string().nullable(),
  turns: z.array(
    z.object({
      role: z.enum(['caller', 'agent']),
      text: z.string(),
      latency: z.record(z.string(), z.number()).nullish(),
    }),
  ),
});
export type EndedCall = z.output<typeof endedSchema>;

/** A call to an agent through the API, as a browser would make it, and what both ends know of it afterwards. */
export type TestCall = { callId: string; heard: CallerReport; recorded: EndedCall };

/**
 * Calls an agent, plays the script and waits until the call is in the database with its end.
 * @throws Error with what the API said, or when the call has no recorded end 15 s after the caller left
 */
export async function placeTestCall(options: {
  api: Api;
  agent: string;
  pipeline?: string;
  variables?: Record<string, string>;
  script: CallerScript;
  speak: Speak;
  transcribe: Transcribe;
  timeoutSeconds: number;
  atEnd: 'hang-up' | 'wait-for-agent';
  recordTo?: string;
  signal?: AbortSignal;
}): Promise<TestCall> {
  const { api, agent, pipeline, variables, ...caller } = options;
  const started = startedSchema.parse(
    await ask(api, 'POST', '/api/web-calls', {
      agent,
      ...(pipeline ? { pipeline } : {}),
      ...(variables ? { variables } : {}),
    }),
  );
  const heard = await runCaller({ ...caller, url: api.livekitUrl ?? started.livekit_url, token: started.token });
  for (let tries = 0; tries < 150; tries++) {
    const recorded = endedSchema.parse(await ask(api, 'GET', `/api/calls/${started.call_id}`));
    if (recorded.status === 'ended') return { callId: started.call_id, heard, recorded };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`The call ${started.call_id} has no recorded end 15 s after the caller left it.`);
}

async function ask(api: Api, method: string, path: string, body?: unknown): Promise<unknown> {
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

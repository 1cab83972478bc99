import type { BeforeAnswer } from '../../agent-files/tools/before-answer.ts';
import type { Call } from '../call.ts';
import { hideSecrets } from '../tools/hide-secrets.ts';
import { sendToolRequest } from '../tools/send-tool-request.ts';
import type { ToolAddressRules } from '../tools/tool-address.ts';
import { signedHeaders } from '../webhooks/sign-message.ts';
import { type Advice, readAdvice } from './read-advice.ts';

/** What came of asking. */
export type Asked = {
  advice: Advice;
  /** What went wrong, in sentences; empty where nothing did. */
  notes: string[];
  /** HTTP status, where there was one. */
  status?: number;
  /** From asking to the answer, milliseconds. */
  latencyMs: number;
};

const longestAnswer = 50_000;

type OfCall = Pick<
  Call,
  'id' | 'direction' | 'agent' | 'phoneNumber' | 'fromNumber' | 'trunkId' | 'variables' | 'metadata'
>;

/**
 * Asks the operator's backend about a call that comes in, once. The request is signed as webhooks are (Standard Webhooks 1.0.0);
 * its id is that of the call, so whoever is asked by a second session of the call can tell. Never rejects: without an answer in
 * time there is no advice, and a note.
 */
export async function askBackend(
  asked: { call: OfCall; backend: BeforeAnswer },
  deps: { addresses: ToolAddressRules; secrets: Readonly<Record<string, string>> },
): Promise<Asked> {
  const { call, backend } = asked;
  const secret = deps.secrets[backend.secret];
  const startedMs = performance.now();
  const nothing = (note: string, status?: number): Asked => ({
    advice: { variables: {} },
    notes: [note],
    ...(status !== undefined && { status }),
    latencyMs: Math.round(performance.now() - startedMs),
  });
  if (secret === undefined) return nothing(`There is no secret ${backend.secret}.`);
  try {
    const body = JSON.stringify(questionAbout(call));
    const { is, status, answer, note } = await sendToolRequest(
      {
        method: 'POST',
        url: new URL(backend.url),
        headers: {
          Accept: 'application/json',
          'Content-Type': 'application/json',
          'User-Agent': 'Parley',
          ...signedHeaders({ id: idOf(call), body, secrets: [secret] }),
        },
        body,
      },
      {
        answer: { max_chars: longestAnswer },
        rules: deps.addresses,
        signal: AbortSignal.timeout(backend.timeout_ms),
      },
    );
    if (is !== 'done') return nothing(note ?? `The backend answered ${status}.`, status);
    const { advice, notes } = readAdvice(hideSecrets(answer, [secret]));
    const latencyMs = Math.round(performance.now() - startedMs);
    return { advice, notes: note ? [note, ...notes] : notes, ...(status !== undefined && { status }), latencyMs };
  } catch {
    return nothing('The backend could not be asked.');
  }
}

function idOf({ id }: Pick<Call, 'id'>): string {
  return `before_answer_${id}`;
}

function questionAbout(call: OfCall) {
  const inbound = call.direction === 'inbound';
  return {
    id: idOf(call),
    type: 'call.before_answer',
    call_id: call.id,
    created_at: new Date().toISOString(),
    data: {
      direction: call.direction,
      agent: call.agent,
      caller_number: inbound ? call.phoneNumber : null,
      called_number: inbound ? call.fromNumber : null,
      trunk_id: call.trunkId,
      variables: call.variables,
      metadata: call.metadata,
    },
  };
}

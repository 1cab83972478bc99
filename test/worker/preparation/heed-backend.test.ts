import { expect, test } from 'vitest';
import type { Agent } from '../../../src/agent-files/agent.ts';
import type { Asked } from '../../../src/calls/before-answer/ask-backend.ts';
import type { Advice } from '../../../src/calls/before-answer/read-advice.ts';
import type { Call } from '../../../src/calls/call.ts';
import { CallError } from '../../../src/calls/errors.ts';
import type { Records } from '../../../src/worker/call/call-log.ts';
import type { CallPipeline } from '../../../src/worker/dependencies.ts';
import { heedBackend, languageChosen } from '../../../src/worker/preparation/heed-backend.ts';
import type { Cast, PreparedCall } from '../../../src/worker/preparation/prepared-call.ts';
import { formalitiesOf } from '../../../src/worker/recording/consent.ts';
import { aCallRow } from '../a-call.ts';
import { anAgent } from '../an-agent.ts';

const backend = { url: 'https://crm.example.com/calls', secret: 'CRM', timeout_ms: 1500 };
const desk = anAgent({ before_answer: backend, variables: { customer: 'you' }, pipeline: 'cloud' });
const vip = anAgent({ name: 'vip', disclosure: 'An assistant speaks.', pipeline: 'cloud' });

/** Asks for a call of `desk` whose backend says this. */
async function heed(
  advice: Partial<Advice>,
  { call = {}, resumed = false, unbuildable }: { call?: Partial<Call>; resumed?: boolean; unbuildable?: string } = {},
) {
  const asked: string[] = [];
  const begun: Cast[] = [];
  const records: Partial<Records>[] = [];
  const prepare = (cast: Cast): PreparedCall => {
    begun.push(cast);
    const building =
      cast.agent.name === unbuildable ? Promise.reject(new Error('no key')) : Promise.resolve({} as CallPipeline);
    void building.catch(() => undefined);
    return { ...cast, building } as PreparedCall;
  };
  const row = aCallRow({ agent: desk.name, variables: { shop: 'Miller' }, ...call });
  const first = prepare({ call: row, agent: desk, formalities: formalitiesOf(desk, undefined) });
  const answer: Asked = { advice: { variables: {}, ...advice }, notes: [], status: 200, latencyMs: 40 };
  const agents: Record<string, Agent> = { [vip.name]: vip };
  const held = await heedBackend(first, {
    resumed,
    prepare,
    record: { add: (added) => void records.push(added) },
    deps: {
      askBackend: async ({ call: of }) => {
        asked.push(of.id);
        return answer;
      },
      agents: { get: (name) => agents[name], list: () => [vip] },
      pipelineFor: (agent) => {
        if (agent !== vip) throw new CallError('pipeline_not_configured', 'No key.');
        return { pipeline: 'lan', pipelineOverrides: { tts: 'piper-http-tts' } };
      },
    },
  });
  return { held, first, asked, begun, record: records[0], event: records[0]?.events?.[0] };
}

test('without advice the call goes on as it was, and says that it asked', async () => {
  const { held, first, begun, record, event } = await heed({});
  expect(held).toBe(first);
  expect(begun).toHaveLength(1);
  expect(record?.chosen).toBeUndefined();
  expect(event).toEqual({ type: 'backend.asked', data: { status: 200, latency_ms: 40 } });
});

test('variables are those of the call from then on', async () => {
  const { held, record, event } = await heed({ variables: { customer: 'Ann' } });
  expect(held).toMatchObject({ call: { variables: { shop: 'Miller', customer: 'Ann' } }, agent: { name: desk.name } });
  expect(record?.chosen).toMatchObject({ variables: { customer: 'Ann' } });
  expect(event?.data).toEqual({ status: 200, latency_ms: 40, variables: { customer: 'Ann' } });
});

test('another agent takes the call, with its pipeline and with what it has to say first', async () => {
  const { held, record, event } = await heed({ agent: 'vip' });
  const row = { agent: 'vip', pipeline: 'lan', pipelineOverrides: { tts: 'piper-http-tts' } };
  expect(held).toMatchObject({ call: row, agent: { name: 'vip' }, formalities: { notice: 'An assistant speaks.' } });
  expect(record?.chosen).toEqual({ ...row, variables: {} });
  expect(event?.data).toMatchObject({ agent: 'vip' });
});

test('the language is that of this call, also for whoever takes it over', async () => {
  const { held, event } = await heed({ language: 'de' });
  expect(held).toMatchObject({ agent: { name: desk.name, language: 'de' } });
  const events = [
    { callId: 'call_7', sequence: 1, type: 'backend.asked' as const, at: new Date(0), data: event!.data! },
  ];
  expect(languageChosen(desk, events).language).toBe('de');
  expect(languageChosen(desk, []).language).toBe('en-US');
});

test.each([
  ['an agent that is not there', { agent: 'vpi' }, 'There is no agent "vpi".'],
  [
    'a language that is none',
    { language: 'klingon?' },
    '`language`: "klingon?" is not a language tag, such as en-US or de.',
  ],
])('%s is left out, and noted', async (_what, advice, note) => {
  const { held, first, event } = await heed(advice);
  expect(held).toBe(first);
  expect(event?.data).toMatchObject({ notes: [note] });
});

test('a variable that no text uses is kept, and noted', async () => {
  const { held, event } = await heed({ variables: { custmer: 'Ann' } });
  expect(held).toMatchObject({ call: { variables: { custmer: 'Ann' } } });
  expect(event?.data).toMatchObject({ notes: ['The agent receptionist has no variable custmer.'] });
});

test('what cannot be made ready leaves the call as it was', async () => {
  const { held, first, record, event } = await heed({ agent: 'vip' }, { unbuildable: 'vip' });
  expect(held).toBe(first);
  expect(record?.chosen).toBeUndefined();
  expect(event?.data).toMatchObject({ notes: ['What it says cannot be made ready; the call goes on as it was.'] });
});

test('a refused call is not taken', async () => {
  const { held, event } = await heed({ refused: { reason: 'closed' }, agent: 'vip' });
  expect(held).toEqual({
    refused: { reason: 'blocked_by_rule', hungUpBy: 'operator', rule: 'before_answer', detail: 'closed' },
  });
  expect(event?.data).toMatchObject({ refused: true, reason: 'closed' });
});

test.each([
  ['a call that we place', { call: { direction: 'outbound' as const } }],
  ['a call that was answered before', { call: { answeredAt: new Date(0) } }],
  ['a call that is taken over', { resumed: true }],
])('nobody is asked about %s', async (_what, options) => {
  const { held, first, asked, event } = await heed({ agent: 'vip' }, options);
  expect(held).toBe(first);
  expect(asked).toEqual([]);
  expect(event).toBeUndefined();
});

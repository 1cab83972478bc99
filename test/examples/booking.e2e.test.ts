import type { AddressInfo } from 'node:net';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCalendar } from '../../examples/calendar/server.ts';
import { scriptedLlm } from '../../pipelines/providers/scripted-llm.ts';
import { parseAgent } from '../../src/agent-files/parse-agent.ts';
import { runCaller } from '../../src/caller/run-caller.ts';
import { fakePipeline } from '../worker/fake-pipeline.ts';
import { type InProcessCalls, openCalls } from '../worker/in-process-calls.ts';

const speech = { wav: fileURLToPath(new URL('../../bench/speech/hours.wav', import.meta.url)) };

const calendar = createCalendar({ now: () => new Date('2026-11-28T10:00:00Z') });
let calls: InProcessCalls;
beforeAll(async () => {
  calls = await openCalls();
  await new Promise<void>((resolve) => void calendar.server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  calendar.server.close();
  await calls.close();
});

/** What the caller says, turn by turn; the recogniser hears it so. */
const said = [
  'I would like to book an appointment.',
  'My name is Ann Berger.',
  'Next Thursday.',
  'At half past ten.',
  'Yes please.',
  'No, that is all. Goodbye.',
];

test('with no key at all, a caller books an appointment over the agent’s own tool', async () => {
  const { port } = calendar.server.address() as AddressInfo;
  const text = (await readFile('agents/booking.md', 'utf8')).replaceAll('127.0.0.1:4010', `127.0.0.1:${port}`);
  const { agent } = parseAgent(text, 'agents/booking.md', { tools: ['take-message', 'end-call'] });
  const call = await calls.place({
    // By the name that the call of the test has.
    agent: { ...agent!, name: 'receptionist' },
    deps: {
      buildPipeline: async ({ variables }) => {
        const llm = scriptedLlm.create({}, { script: agent!.script!, variables } as never);
        return { ...fakePipeline({ transcripts: said, silenceMs: 350 }), llm };
      },
    },
  });
  const script = said.map(() => ({ say: speech }));
  await runCaller({ url: calls.url, token: call.callerToken, timeoutSeconds: 90, script });
  const row = await calls.ended(call);
  const turns = await calls.calls.listTurns(call.callId);
  expect(turns.map(({ role, text: words }) => `${role}: ${words}`)).toEqual([
    'agent: Thank you for calling Harbour Dental. How can I help you?',
    'caller: I would like to book an appointment.',
    'agent: What is your name, please?',
    'caller: My name is Ann Berger.',
    'agent: Which day would suit you?',
    'caller: Next Thursday.',
    'agent: And at what time?',
    'caller: At half past ten.',
    'agent: So that is Ann Berger, Next Thursday, half past ten. Shall I book it?',
    'caller: Yes please.',
    'agent: You are booked for Thursday, December 3 at 10:30 a.m. Your number is 1. Is there anything else I can help with?',
    'caller: No, that is all. Goodbye.',
    'agent: Thank you for calling Harbour Dental. Goodbye.',
  ]);
  expect(row).toMatchObject({ outcome: 'completed', endReason: 'agent_goodbye' });
  expect(calendar.appointments).toMatchObject([{ name: 'Ann Berger', day: '2026-12-03', minute: 630 }]);
  const tools = (await calls.calls.listEvents(call.callId)).filter(({ type }) => type === 'tool.called');
  expect(tools.map(({ data }) => [data['name'], data['outcome'] ?? data['ok']])).toEqual([
    ['book-appointment', 'done'],
    ['end-call', true],
  ]);
});

import type { AddressInfo } from 'node:net';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCalendar, readDay, readTime } from '../../examples/calendar/server.ts';
import { createScriptedBrain, type HistoryItem } from '../../pipelines/scripted/create-scripted-brain.ts';
import { readToolResult } from '../../pipelines/scripted/tool-answer.ts';
import { parseAgent } from '../../src/agent-files/parse-agent.ts';
import { httpTools } from '../../src/agent-files/tools/agent-tools.ts';
import { readPrivatePlaces } from '../../src/calls/tools/tool-address.ts';
import { isFailure, toldOutcome } from '../../src/calls/tools/tool-outcome.ts';
import { tryTool } from '../../src/calls/tools/try-tool.ts';
import { argumentProblem } from '../../src/worker/conversation/tools/check-arguments.ts';

/** A Saturday. */
const now = new Date('2026-11-28T10:00:00Z');

let calendar: ReturnType<typeof createCalendar>;
let port: number;
beforeEach(async () => {
  calendar = createCalendar({ now: () => now });
  await new Promise<void>((resolve) => void calendar.server.listen(0, '127.0.0.1', resolve));
  ({ port } = calendar.server.address() as AddressInfo);
});
afterEach(() => void calendar.server.close());

test.each([
  ['next Thursday', '2026-12-03'],
  ['Saturday', '2026-12-05'],
  ['tomorrow', '2026-11-29'],
  ['2026-12-24', '2026-12-24'],
  ['whenever', undefined],
])('%s is %s', (text, day) => expect(readDay(text, now)).toBe(day));

test.each([
  ['half past ten', 630],
  ['3:30 pm', 930],
  ['two', 840],
  ['ten in the morning', 600],
  ['at ten thirty', 630],
  ['14:00', 840],
  ['in the morning', undefined],
])('%s is %s minutes after midnight', (text, minute) => expect(readTime(text)).toBe(minute));

/** The agent of the file, with the scripted responder, its tools sent to the calendar for real. Answers as it would in a call. */
async function aBookingCall() {
  const text = (await readFile('agents/booking.md', 'utf8')).replaceAll('127.0.0.1:4010', `127.0.0.1:${port}`);
  const { agent, problems } = parseAgent(text, 'agents/booking.md', { tools: ['take-message', 'end-call'] });
  expect(problems).toBeUndefined();
  const variables = { clinic: 'Harbour Dental', caller_number: '+14155550100' };
  const brain = createScriptedBrain(agent!.script!, variables);
  const history: HistoryItem[] = [];
  let sent = 0;
  const run = async (name: string, given: Record<string, unknown>) => {
    const tool = httpTools(agent!).find((each) => each.name === name);
    if (!tool) return { outcome: 'done' as const };
    expect(argumentProblem(tool.arguments, given)).toBeUndefined();
    const values = { arguments: given, variables, secrets: {} };
    const rules = { places: readPrivatePlaces(['127.0.0.1']), resolveHost: () => Promise.resolve([]) };
    const outcome = await tryTool(tool, { id: `tool_${(sent += 1)}`, values, rules });
    return readToolResult(
      JSON.stringify(toldOutcome(outcome, { repeated: false, onError: undefined })),
      isFailure(outcome),
    );
  };
  return async (utterance: string): Promise<string> => {
    history.push({ type: 'caller', text: utterance });
    const said: string[] = [];
    for (;;) {
      const { text: words, toolCall } = brain.reply(history);
      if (words) said.push(words);
      if (words) history.push({ type: 'agent', text: words });
      if (!toolCall || toolCall.tool === 'end-call') return said.join(' ');
      history.push({ type: 'call', tool: toolCall.tool });
      history.push({ type: 'result', tool: toolCall.tool, ...(await run(toolCall.tool, toolCall.args)) });
    }
  };
}

test('the scripted agent books an appointment, and tells what the calendar says', async () => {
  const says = await aBookingCall();
  expect(await says('I would like to book an appointment')).toBe('What is your name, please?');
  expect(await says('My name is Ann Berger')).toBe('Which day would suit you?');
  expect(await says('next Thursday')).toBe('And at what time?');
  expect(await says('at half past ten')).toBe('So that is Ann Berger, next Thursday, half past ten. Shall I book it?');
  expect(await says('yes please')).toBe(
    'You are booked for Thursday, December 3 at 10:30 a.m. Your number is 1. Is there anything else I can help with?',
  );
  expect(calendar.appointments).toMatchObject([
    { name: 'Ann Berger', phone: '+14155550100', day: '2026-12-03', minute: 630 },
  ]);
  expect(await says('no that is all, goodbye')).toBe('Thank you for calling Harbour Dental. Goodbye.');
});

test('a time that is taken is told, another one is asked for, and that one is booked', async () => {
  calendar.appointments.push({ number: 1, name: 'X', phone: undefined, day: '2026-12-03', minute: 630 });
  const says = await aBookingCall();
  await says('I need an appointment, my name is Ann Berger');
  await says('Thursday');
  await says('half past ten');
  expect(await says('yes')).toBe('That time is not free. What about 10 a.m. or 11 a.m.?');
  expect(await says('eleven then')).toMatch(/^So that is Ann Berger, Thursday, eleven.* Shall I book it\?$/);
  expect(await says('yes')).toMatch(/^You are booked for Thursday, December 3 at 11 a\.m\. Your number is 2\./);
});

test('free times are told, and a day without any', async () => {
  const says = await aBookingCall();
  expect(await says('what times are free on Friday')).toMatch(
    /^On Friday, December 4 these are free: 9 a\.m\., 9:30 a\.m\., 10 a\.m\., 10:30 a\.m\./,
  );
  expect(await says('what do you have on Sunday')).toMatch(/^On Sunday, November 29 these are free: nothing\./);
});

test('a calendar that is away is admitted, and tried again', async () => {
  const says = await aBookingCall();
  await says('I need an appointment, my name is Ann Berger');
  await says('Thursday');
  await says('half past ten');
  calendar.server.close();
  calendar.server.closeAllConnections();
  expect(await says('yes')).toBe('I am sorry, that did not work just now. Shall I try again?');
  await new Promise<void>((resolve) => void calendar.server.listen(port, '127.0.0.1', resolve));
  expect(await says('yes please')).toMatch(/^You are booked for Thursday/);
  expect(calendar.appointments).toHaveLength(1);
});

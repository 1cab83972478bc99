import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseAgent } from '../../../src/agent-files/parse-agent.ts';
import { resultSchema } from '../../../src/agent-files/result.ts';
import type { CallEvent, Turn } from '../../../src/calls/call.ts';
import { scriptFindings } from '../../../src/calls/result/script-findings.ts';
import { knownNames } from '../../../src/known-names.ts';
import type { HistoryItem } from '../../../pipelines/scripted/replay.ts';
import { converse, scriptedAgent } from '../../pipelines/scripted/agent-scripts.ts';
import { aCallRow } from '../../worker/a-call.ts';

/** What a call leaves behind, one line a second. */
function recorded(history: readonly HistoryItem[]): { turns: Turn[]; events: CallEvent[] } {
  const turns: Turn[] = [];
  const events: CallEvent[] = [];
  for (const [second, item] of history.entries()) {
    const atMs = second * 1000;
    if (item.type === 'result') {
      const data = { name: item.tool, arguments: {}, ok: item.outcome === 'done', outcome: item.outcome, atMs };
      events.push({ callId: 'call_7', sequence: second, type: 'tool.called', at: new Date(atMs), data });
    } else if (item.type !== 'call')
      turns.push({
        index: turns.length,
        role: item.type,
        text: item.text,
        startedMs: atMs,
        endedMs: atMs + 900,
        interrupted: false,
      });
  }
  return { turns, events };
}

/** Holds a call with an agent of this repository, and finds out what its file asks for, or what is asked here. */
async function findings(name: string, utterances: string[], asked?: object) {
  const talking = await scriptedAgent(name);
  const file = join(import.meta.dirname, '../../../agents', `${name}.md`);
  const { agent, problems } = parseAgent(
    await readFile(file, 'utf8'),
    file,
    knownNames({ secrets: {}, privateHosts: [] }),
  );
  expect(problems).toBeUndefined();
  const history: HistoryItem[] = [{ type: 'agent', text: talking.greeting }];
  converse(talking, utterances, [], history);
  return scriptFindings({
    script: talking.script,
    agent: agent!,
    settings: asked ? resultSchema.parse(asked) : agent!.result!,
    call: aCallRow({ variables: talking.variables }),
    ...recorded(history),
  });
}

const message = ['Can I leave a message for the doctor?', "It's Sarah Connor.", '555-0123', 'My crown came off.'];

test('fields are filled by the slots of their names, each with the words it rests on', async () => {
  const { fields, success, summary } = await findings('receptionist', [...message, 'Yes, that is right.']);
  expect(fields).toEqual({
    name: { type: 'text', said: true, value: 'Sarah Connor', turn: 3, quote: "It's Sarah Connor." },
    number: { type: 'text', said: true, value: '5550123', turn: 5, quote: '555-0123' },
    day: { type: 'text', said: false, value: null, turn: null, quote: null },
    message: { type: 'text', said: true, value: 'My crown came off', turn: 7, quote: 'My crown came off.' },
  });
  expect({ success, summary }).toEqual({ success: true, summary: null });
});

test('of a call that broke off there is what was said, and no success', async () => {
  const { fields, success } = await findings('receptionist', message.slice(0, 2));
  expect(fields).toMatchObject({ name: { value: 'Sarah Connor' }, number: { said: false }, message: { said: false } });
  expect(success).toBe(false);
});

test('a correction counts, with the turn in which it was made', async () => {
  const { fields } = await findings('receptionist', [...message, "No, it's Sara without an h."]);
  expect(fields['name']).toMatchObject({ value: 'Sara Connor', turn: 9 });
});

test('a field may name the slot of one task', async () => {
  const fields = { caller: { about: 'who', slot: 'message.name' }, booked: { about: 'who', slot: 'booking.name' } };
  const found = await findings('receptionist', message, { fields });
  expect(found.fields).toMatchObject({ caller: { value: 'Sarah Connor' }, booked: { said: false } });
});

test('numbers, choices and yes or no have their types, also where the task ends the call', async () => {
  const { fields, success } = await findings('survey', [
    'Yes, sure.',
    'Four.',
    'It was acceptable.',
    'No, I would not.',
    'More chairs in the waiting room.',
  ]);
  expect(fields).toMatchObject({
    rating: { value: 4 },
    waiting: { value: 'acceptable' },
    recommend: { value: false },
    comment: { value: 'More chairs in the waiting room' },
    again: { said: false },
  });
  expect(success).toBe(true);
});

test('an answer that leads to another task is kept', async () => {
  const { fields } = await findings('reminder', ['No.', 'Thursday.']);
  expect(fields).toMatchObject({ coming: { value: false }, day: { value: 'Thursday' } });
});

test('what somebody would not say is not said', async () => {
  const { fields } = await findings('receptionist', [message[0]!, message[1]!, 'I would rather not say.']);
  expect(fields['number']).toMatchObject({ said: false });
});

import { expect, test } from 'vitest';
import { type ResultSettings, resultSchema } from '../../../src/agent-files/result.ts';
import { readReply } from '../../../src/calls/result/read-reply.ts';

const settings: ResultSettings = resultSchema.parse({
  fields: { day: { type: 'date', about: 'the day' }, party: { type: 'number', about: 'people', min: 1 } },
  summary: true,
  success: 'a table was booked',
  sentiment: true,
});
const turns = ['For how many?', 'Four, on the fourth of May.'].map((text, index) => ({
  index,
  role: index % 2 ? ('caller' as const) : ('agent' as const),
  text,
  startedMs: index,
  endedMs: index,
  interrupted: false,
}));
const right = {
  fields: { day: { value: '2026-05-04', turn: 1 }, party: { value: 4, turn: '1' } },
  summary: 'A table for four.',
  success: true,
  success_reason: 'It was booked.',
  sentiment: 'neutral',
};
const read = (reply: unknown) => readReply(typeof reply === 'string' ? reply : JSON.stringify(reply), settings, turns);

test('an answer that fits is taken, each field with the words it rests on', () => {
  const { findings, problems } = read(right);
  expect(problems).toEqual([]);
  expect(findings).toEqual({
    fields: {
      day: { type: 'date', said: true, value: '2026-05-04', turn: 1, quote: 'Four, on the fourth of May.' },
      party: { type: 'number', said: true, value: 4, turn: 1, quote: 'Four, on the fourth of May.' },
    },
    summary: 'A table for four.',
    success: true,
    success_reason: 'It was booked.',
    sentiment: 'neutral',
    refused: [],
  });
});

test('thoughts before it and fences around it do no harm', () => {
  const { problems } = read(`<think>{"fields": 7}</think>\nHere it is:\n\`\`\`json\n${JSON.stringify(right)}\n\`\`\``);
  expect(problems).toEqual([]);
});

test.each([[null], [{ value: null, turn: null }]])('%j is "not said"', (day) => {
  const { findings, problems } = read({ ...right, fields: { ...right.fields, day } });
  expect(problems).toEqual([]);
  expect(findings.fields['day']).toEqual({ type: 'date', said: false, value: null, turn: null, quote: null });
});

test.each([
  ['a value of another type', { value: 'next week', turn: 1 }, /day: Invalid ISO date/],
  ['a turn that never was', { value: '2026-05-04', turn: 9 }, /turn must be the number of a turn/],
  ['no turn', { value: '2026-05-04' }, /turn must be the number of a turn/],
  ['a bare value', '2026-05-04', /must be \{"value"/],
  ['nothing', undefined, /must be \{"value"/],
])('%s is refused, and the rest is taken', (_, day, problem) => {
  const { findings, problems } = read({ ...right, fields: { ...right.fields, day } });
  expect(problems).toEqual([expect.stringMatching(problem)]);
  expect(findings.refused).toEqual(['day']);
  expect(findings.fields['day']).toMatchObject({ said: false, value: null });
  expect(findings.fields['party']).toMatchObject({ value: 4 });
});

test.each(['', 'I am sorry.', '[1, 2]', '{"fields": [}', '7', `{"fields": "${'x'.repeat(100_000)}`])(
  'what is no JSON object is refused as a whole: %.20s',
  (reply) => {
    const { findings, problems } = read(reply);
    expect(problems).toHaveLength(1);
    expect(findings.refused).toEqual(['day', 'party', 'summary', 'success', 'sentiment']);
  },
);

test('words out of the list and texts in the place of truth are refused', () => {
  const { findings } = read({ ...right, sentiment: 'angry', success: 'yes' });
  expect(findings).toMatchObject({
    sentiment: null,
    success: null,
    success_reason: null,
    refused: ['success', 'sentiment'],
  });
});

import { expect, test } from 'vitest';
import { agentSchema } from '../../../src/agent-files/agent.ts';
import type { RecipientResult } from '../../../src/calls/campaigns/campaign-ports.ts';
import { exportResults } from '../../../src/calls/campaigns/results-csv.ts';
import { anAgent } from '../../worker/an-agent.ts';
import { aLook } from './a-look.ts';

const fields = {
  day: 'The day they want.',
  guests: { about: 'How many come.', type: 'number' },
  vegan: { about: 'Whether one of them is vegan.', type: 'yes_no' },
  wishes: { about: 'What else they want.', type: 'list' },
};
const agent = { ...anAgent({ name: 'reminder' }), ...agentSchema.pick({ result: true }).parse({ result: { fields } }) };

const recipient = (position: number, more: object = {}): RecipientResult => ({
  position,
  phoneNumber: `+1415555${1000 + position}`,
  leadId: null,
  variables: {},
  state: 'done',
  attempts: 1,
  tries: 1,
  dueAt: new Date(0),
  outcome: 'completed',
  reason: null,
  callId: `call_${position}`,
  answeredAt: new Date('2026-05-04T12:00:00Z'),
  talkedSeconds: 31.5,
  costUsd: '0.0123',
  result: null,
  ...more,
});

const result = (values: object) => ({
  success: true,
  sentiment: 'positive',
  summary: 'A "nice" talk, over lunch',
  values,
});

async function csvOf(recipients: RecipientResult[], pages: number[] = []): Promise<string[]> {
  const campaigns = {
    listRecipients: async (_id: string, { after, limit }: { after: number; limit: number }) => {
      pages.push(after);
      return recipients.filter(({ position }) => position > after).slice(0, limit);
    },
  };
  let csv = '';
  for await (const part of exportResults(aLook().campaign, { agents: { get: () => agent }, campaigns })) csv += part;
  return csv.trimEnd().split('\n');
}

test('each field of the result is a column, with values of its type', async () => {
  const values = { day: '=cmd()', guests: -4, vegan: false, wishes: ['a cake', 'no, two'] };
  expect(await csvOf([recipient(1, { result: result(values) })])).toEqual([
    'position,phone_number,lead_id,status,attempts,outcome,reason,call_id,answered_at,talked_seconds,cost_usd,success,sentiment,summary,result_day,result_guests,result_vegan,result_wishes',
    `1,+14155551001,,done,1,completed,,call_1,2026-05-04T12:00:00.000Z,31.5,0.0123,true,positive,"A ""nice"" talk, over lunch",'=cmd(),-4,false,"a cake; no, two"`,
  ]);
});

test('whoever was not called, or said nothing, has empty cells', async () => {
  const skipped = { state: 'skipped', outcome: null, reason: 'On the list.', callId: null, attempts: 0 };
  const [, line, silent] = await csvOf([
    recipient(1, { ...skipped, answeredAt: null, talkedSeconds: null, costUsd: null }),
    recipient(2, { result: { ...result({ day: null, guests: null, vegan: null, wishes: null }), summary: null } }),
  ]);
  expect(line).toBe('1,+14155551001,,skipped,0,,On the list.,,,,,,,,,,,');
  expect(silent).toBe(
    '2,+14155551002,,done,1,completed,,call_2,2026-05-04T12:00:00.000Z,31.5,0.0123,true,positive,,,,,',
  );
});

test('long lists are read a page at a time', async () => {
  const pages: number[] = [];
  const lines = await csvOf(
    Array.from({ length: 2_500 }, (_, index) => recipient(index + 1)),
    pages,
  );
  expect(lines).toHaveLength(2_501);
  expect(pages).toEqual([0, 1_000, 2_000]);
});

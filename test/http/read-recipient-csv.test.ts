import { expect, test } from 'vitest';
import { addRecipients } from '../../src/calls/campaigns/add-recipients.ts';
import type { NewRecipient } from '../../src/calls/campaigns/campaign.ts';
import { readRecipientCsv } from '../../src/http/csv/read-recipient-csv.ts';
import { aLook } from '../calls/campaigns/a-look.ts';
import { anAgent } from '../worker/an-agent.ts';

const read = async (csv: string, names: string[] = ['name', 'day']) => {
  const rows = [];
  for await (const row of readRecipientCsv(csv, names)) rows.push(row);
  return rows;
};

test('the number is found under several names, and columns of the agent are its variables', async () => {
  expect(await read('Name, Phone-Number ,shoe size,day\nAda,+14155550123,38,Monday\n')).toEqual([
    { where: 2, to: '+14155550123', variables: { name: 'Ada', day: 'Monday' } },
  ]);
  expect(await read('to,day\n"+1 (415) 555-0123",\n')).toEqual([{ where: 2, to: '+1 (415) 555-0123', variables: {} }]);
});

test.each(['', 'name\nAda\n', '"phone_number\nx'])('%j is refused', async (csv) => {
  await expect(read(csv)).rejects.toMatchObject({ code: 'invalid_request' });
});

/** Duplicates in another spelling, bad numbers, missing variables. */
test('many lines are read, each number once, and every wrong one is counted', async () => {
  const agent = { ...anAgent({ name: 'reminder' }), variables: { name: null } };
  const agents = { get: () => agent, list: () => [agent] };
  const batches: number[] = [];
  const kept: NewRecipient[] = [];
  const campaigns = {
    addRecipients: async (_: unknown, added: readonly NewRecipient[]) => {
      batches.push(added.length);
      kept.push(...added);
      return added.length;
    },
  };
  const lines = 6_000;
  const csv = Array.from({ length: lines }, (_, index) => {
    if (index % 100 === 0) return `12,Ada`;
    if (index % 100 === 1) return `+1415555${String(1000 + (index % 9000))},`;
    return `+1415555${String(1000 + (index % 500))},Ada`;
  }).join('\n');
  const { campaign } = aLook();
  const addition = await addRecipients(campaign, readRecipientCsv(`phone_number,name\n${csv}`, ['name']), {
    agents,
    campaigns,
  });
  expect(addition).toMatchObject({ added: 490, rejected: 120, duplicates: lines - 120 - 490 });
  expect(addition.rejections).toHaveLength(120);
  expect(new Set(kept.map(({ phoneNumber }) => phoneNumber)).size).toBe(490);
  expect(Math.max(...batches)).toBeLessThanOrEqual(1_000);
});

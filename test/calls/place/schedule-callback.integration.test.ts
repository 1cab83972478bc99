import { afterAll, beforeAll, expect, test } from 'vitest';
import { scheduleCallback } from '../../../src/calls/place/schedule-callback.ts';
import { type Api, openApi } from '../../http/open-api.ts';
import { tenantId } from '../../store/open-store.ts';
import { aCallRow } from '../../worker/a-call.ts';
import { anAgent } from '../../worker/an-agent.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

// The caller's phone is in New York, the agent elsewhere.
const call = aCallRow({ tenantId, phoneNumber: '+12125550123', metadata: { order: 7 } });
const agent = anAgent({ timezone: 'Europe/Berlin', callback: { agent: 'reminder', within_days: 30 } });
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

function schedule(day: string, options: { time?: string; by?: typeof call; with?: typeof agent } = {}) {
  const { time = '15:00', by = call, with: asks = agent } = options;
  const said = { day, time };
  const variables = { name: 'Ann', secret_of_this_call: 'x' };
  return scheduleCallback({ call: by, agent: asks, variables, said }, api.deps);
}

const placed = async () => (await api.deps.calls.listCalls({ tenantId, limit: 100 })).calls;

test('the person is called back by their own clock, once however often it is asked for', async () => {
  const day = inDays(3);
  const [first, second] = [await schedule(day), await schedule(day, { time: 'three in the afternoon' })];
  expect(first).toMatchObject({ is: 'done', answer: { timezone: 'America/New_York', number: '+12125550123' } });
  expect(second).toEqual(first);
  const calls = await placed();
  expect(calls).toHaveLength(1);
  expect(calls[0]).toMatchObject({
    id: (first.answer as { call_id: string }).call_id,
    agent: 'reminder',
    state: 'scheduled',
    phoneNumber: '+12125550123',
    variables: { name: 'Ann' },
    metadata: { order: 7, callback_of: call.id },
  });
  const record = await api.deps.calls.findForDispatch(calls[0]!.id);
  const shown = new Intl.DateTimeFormat('en-GB', { timeZone: 'America/New_York', timeStyle: 'short' });
  expect(shown.format(record!.notBefore!)).toBe('15:00');
});

test('what no rule allows is refused, and nothing is placed', async () => {
  const before = (await placed()).length;
  const notes = [
    await schedule(inDays(-2)),
    await schedule(inDays(40)),
    await schedule('some day'),
    await schedule(inDays(3), { by: { ...call, phoneNumber: null } }),
    await schedule(inDays(3), { by: { ...call, phoneNumber: '+4915112345678' } }),
    await schedule(inDays(3), { with: anAgent({ callback: { agent: 'nobody', within_days: 14 } }) }),
  ];
  expect(notes.map(({ is, note }) => `${is}: ${note}`)).toEqual([
    expect.stringMatching(/^refused: That time has passed/),
    expect.stringMatching(/^refused: That is more than 30 days/),
    expect.stringMatching(/^refused: The day or the time was not understood/),
    expect.stringMatching(/^refused: This call has no number/),
    expect.stringMatching(/^refused: It was not scheduled: .*Offer to take a message\.$/),
    expect.stringMatching(/^refused: The agent that calls back is not there/),
  ]);
  expect(await placed()).toHaveLength(before);
});

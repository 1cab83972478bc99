import { AgentDispatchClient } from 'livekit-server-sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { livekit } from '../setup/servers.ts';
import { type Rig, startRig } from './rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  await rig.startServe();
}, 120_000);
afterAll(() => rig?.close());

/** A phone that calls in, and what the dispatch rule of its number asks of LiveKit. */
async function ring(from: string, agent = 'notice') {
  const { url, apiKey, apiSecret } = livekit();
  const room = `call-_${from}_${Date.now()}`;
  const phone = await rig.sip.callIn({ from, to: '+14155550100', room, ruleId: 'SDR_x', trunkId: 'ST_in' });
  const offer = () =>
    new AgentDispatchClient(url, apiKey, apiSecret).createDispatch(room, rig.agentName, {
      metadata: JSON.stringify({ agent, tenantId: 'default' }),
    });
  await offer();
  return { phone, offer };
}

const callsFrom = async (number: string) =>
  (await rig.send('GET', `/api/calls?phone_number=${encodeURIComponent(number)}`)).body.calls;

test('a caller for whom no worker was there is answered once there is one, and twice offered has one call', async () => {
  const from = '+14155550198';
  const { phone, offer } = await ring(from);
  expect(await callsFrom(from)).toEqual([]);
  await rig.startWorker();
  await expect.poll(() => phone.heardAtMs, { timeout: 60_000 }).toBeDefined();
  await offer();
  await offer();
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const calls = await callsFrom(from);
  expect(calls).toHaveLength(1);
  expect(calls[0]).toMatchObject({ direction: 'inbound', status: 'in_progress' });
  // The others were turned away: one agent is on the line, not one for each offer.
  await expect.poll(() => phone.room.remoteParticipants.size, { timeout: 60_000 }).toBe(1);
  await phone.hangUp();
  await rig.until(calls[0].call_id, 'ended');
  expect(await rig.events(calls[0].call_id)).toEqual(['call.state', 'call.answered', 'call.ended']);
});

test('what the agent file asks for is told after the end', async () => {
  const from = '+14155550197';
  const { phone } = await ring(from, 'asks');
  await expect.poll(() => phone.heardAtMs, { timeout: 25_000 }).toBeDefined();
  const [{ call_id: id }] = await callsFrom(from);
  await phone.hangUp();
  await rig.until(id, 'ended');
  await expect.poll(() => rig.events(id), { timeout: 20_000 }).toContain('call.analyzed');
  expect((await rig.events(id)).slice(-2)).toEqual(['call.ended', 'call.analyzed']);
  const { body } = await rig.send('GET', `/api/calls/${id}`);
  expect(body.result).toMatchObject({ status: 'done', by: 'nobody', values: { reason: null }, summary: null });
});

test('the keys of the phone are heard, and answered', async () => {
  const from = '+14155550196';
  const { phone } = await ring(from);
  await expect.poll(() => phone.heardAtMs, { timeout: 60_000 }).toBeDefined();
  const [{ call_id: id }] = await callsFrom(from);
  for (const key of ['4', '2', '#']) await phone.room.localParticipant!.publishDtmf('0123456789*#'.indexOf(key), key);
  const turns = async () => (await rig.send('GET', `/api/calls/${id}`)).body.turns as { role: string; text: string }[];
  await expect.poll(async () => (await turns()).map(({ text }) => text), { timeout: 60_000 }).toContain('It is ready.');
  expect(await turns()).toContainEqual(expect.objectContaining({ role: 'caller', text: '[keys pressed: 42#]' }));
  const keys = await rig.query<{ data: object }>(
    "SELECT data FROM parley.call_events WHERE call_id = $1 AND type = 'keys.heard'",
    [id],
  );
  expect(keys).toEqual([{ data: { digits: '42#', after_ms: [expect.any(Number), expect.any(Number)] } }]);
  await phone.hangUp();
  await rig.until(id, 'ended');
});

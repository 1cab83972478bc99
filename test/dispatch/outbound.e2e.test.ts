import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { numberOf, type Rig, startRig } from './rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  await rig.startServe();
  await rig.startWorker();
});
afterAll(() => rig?.close());

let count = 0;
const nextNumber = () => numberOf((count += 1));

describe('a call that is answered', () => {
  test('rings once, hears the greeting, and ends when the person hangs up', async () => {
    const number = nextNumber();
    rig.sip.set(number, { does: 'answer', afterMs: 300, hangUpAfterMs: 2_500 });
    const id = await rig.dispatch(number, { metadata: { order: 7 } });
    await rig.until(id, 'ended');
    const [dial, ...others] = rig.dialsTo(number);
    expect(others).toEqual([]);
    expect(dial).toMatchObject({ trunkId: 'ST_test', from: '+14155550100', room: id, ringSeconds: 40 });
    expect(dial!.phone.heardAtMs! - dial!.phone.answeredAtMs!).toBeLessThan(1_500);
    expect(await rig.events(id)).toEqual([
      'call.queued',
      'call.state',
      'call.dialing',
      'call.ringing',
      'call.answered',
      'call.ended',
    ]);
    const { body } = await rig.send('GET', `/api/calls/${id}`);
    expect(body).toMatchObject({
      status: 'ended',
      outcome: 'completed',
      end_reason: 'caller_hung_up',
      metadata: { order: 7 },
      attempt: 1,
    });
    expect(body.turns[0]).toMatchObject({ role: 'agent' });
  });
});

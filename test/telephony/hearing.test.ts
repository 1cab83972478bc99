import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RoomServiceClient } from 'livekit-server-sdk';
import { expect, onTestFinished, test } from 'vitest';
import { type Hearing, type HearingStage, keepHearing } from '../../telephony/hearing.ts';

/** livekit-server's subscriptions: `hears` has `identity track`. The first requests are carried out when the test says so. */
async function subscriptions({ held = 0, failing = 0 } = {}) {
  const hears = new Set<string>();
  const released = Promise.withResolvers<void>();
  const requests: string[] = [];
  let failures = failing;
  const server = createServer((incoming, response) => void answer(incoming, response));
  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
    const tracks = (body['trackSids'] ?? body['track_sids']) as string[];
    requests.push(`${String(body['identity'])} ${body['subscribe'] ? '+' : '-'}${tracks.join()}`);
    if (requests.length <= held) await released.promise;
    const fails = (failures -= 1) >= 0;
    for (const track of fails ? [] : tracks)
      if (body['subscribe']) hears.add(`${String(body['identity'])} ${track}`);
      else hears.delete(`${String(body['identity'])} ${track}`);
    response
      .writeHead(fails ? 503 : 200, { 'content-type': 'application/json' })
      .end(fails ? '{"code":"unavailable"}' : '{}');
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { rooms: new RoomServiceClient(url, 'key', 'secret'), hears, requests, release: released.resolve };
}

const both = (stage: HearingStage): Hearing[] => [
  {
    identity: 'caller',
    hears: stage === 'together' ? ['T_their'] : ['T_music'],
    hearsNot: stage === 'together' ? ['T_music'] : ['T_their'],
  },
  {
    identity: 'consult',
    hears: stage === 'together' ? ['T_his'] : [],
    hearsNot: stage === 'together' ? [] : ['T_his'],
  },
];

test('a change that is still under way never overtakes the next', async () => {
  const { rooms, hears, requests, release } = await subscriptions({ held: 3 });
  const kept = keepHearing({ rooms, room: 'call_1' }, both);
  onTestFinished(() => kept.stop());
  await expect.poll(() => requests.length).toBe(3);
  const together = kept.want('together');
  release();
  await together;
  expect([...hears].toSorted()).toEqual(['caller T_their', 'consult T_his']);
  expect(requests.slice(0, 3).every((request) => !request.includes('+T_their'))).toBe(true);
});

test('what could not be set is set again', async () => {
  const { rooms, hears } = await subscriptions({ failing: 5 });
  const kept = keepHearing({ rooms, room: 'call_1' }, both);
  onTestFinished(() => kept.stop());
  await kept.want('together');
  expect([...hears].toSorted()).toEqual(['caller T_their', 'consult T_his']);
});

test('a track that comes anew while the two talk is heard', async () => {
  const { rooms, hears } = await subscriptions();
  let his = 'T_his';
  const kept = keepHearing({ rooms, room: 'call_1' }, (stage) =>
    both(stage).map((each) => (each.identity === 'consult' && stage === 'together' ? { ...each, hears: [his] } : each)),
  );
  onTestFinished(() => kept.stop());
  await kept.want('together');
  his = 'T_new';
  await expect.poll(() => hears.has('consult T_new')).toBe(true);
});

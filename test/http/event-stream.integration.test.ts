import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HttpServer } from '../../src/http/server.ts';
import { startServer } from '../../src/http/server.ts';
import { livekit } from '../setup/servers.ts';
import { aCall } from '../store/open-store.ts';
import { endedCall } from './ended-call.ts';
import { type Api, openApi } from './open-api.ts';

let api: Api;
let server: HttpServer;

beforeAll(async () => {
  api = await openApi();
  server = await startServer({
    app: api.app,
    host: '127.0.0.1',
    port: 0,
    livekitUrls: [livekit().url],
    draining: api.draining,
    logger: api.deps.logger,
  });
});
afterAll(async () => {
  await server.close();
  await api.close();
});

test('tells events as they come, and ends after call.ended', async () => {
  const { id } = await liveCall();
  const stream = await follow(id);
  expect(stream.headers.get('content-type')).toMatch('text/event-stream');
  const text = stream.text();
  await api.deps.calls.record(id, { events: [{ type: 'turn.caller', data: { text: 'Hi\nthere' } }] });
  await sleep(50);
  await end(id);
  const events = parse(await text);
  expect(events.map(({ id: sequence, event }) => [sequence, event])).toEqual([
    ['1', 'call.answered'],
    ['2', 'turn.caller'],
    ['3', 'call.ended'],
  ]);
  expect(events[1]?.data).toMatchObject({ call_id: id, sequence: 2, data: { text: 'Hi\nthere' } });
});

test('resumes after Last-Event-ID without a gap or a repetition', async () => {
  const { id } = await liveCall();
  const first = await follow(id);
  const reader = first.body!.getReader();
  await reader.read();
  await reader.cancel();
  await api.deps.calls.record(id, { events: [{ type: 'turn.agent' }, { type: 'turn.caller' }] });
  await end(id);
  const rest = parse(await (await follow(id, { 'Last-Event-ID': '1' })).text());
  expect(rest.map((each) => each.id)).toEqual(['2', '3', '4']);
});

test('tells an ended call whole, and then that there is nothing more', async () => {
  const { id } = await endedCall(api);
  const all = parse(await (await follow(id)).text());
  expect(all.at(-1)?.event).toBe('call.ended');
  expect((await follow(id, { 'Last-Event-ID': all.at(-1)!.id })).status).toBe(204);
});

test('gives the same events as JSON, from a sequence on', async () => {
  const { id } = await endedCall(api);
  const { body } = await api.send('GET', `/api/calls/${id}/events?after=1`);
  expect(body.events).toMatchObject([{ sequence: 2, type: 'call.ended', call_id: id }]);
  expect((await api.send('GET', `/api/calls/${id}/events?after=-1`)).status).toBe(422);
});

test('a client that leaves is forgotten', async () => {
  let listeners = 0;
  const counted = await openApi({
    events: {
      onNews() {
        listeners += 1;
        return () => (listeners -= 1);
      },
    },
  });
  try {
    const call = await counted.deps.calls.insertCall(aCall({ state: 'in_progress' }), { type: 'call.answered' });
    const response = await counted.app.request(`/api/calls/${call.id}/events`, {
      headers: { Accept: 'text/event-stream', 'X-API-Key': counted.key },
    });
    const reader = response.body!.getReader();
    await reader.read();
    expect(listeners).toBe(1);
    await reader.cancel();
    await expect.poll(() => listeners).toBe(0);
  } finally {
    await counted.close();
  }
});

test('ends when the server closes, so that the client resumes elsewhere', async () => {
  const other = await openApi();
  const draining = await startServer({
    app: other.app,
    host: '127.0.0.1',
    port: 0,
    livekitUrls: [livekit().url],
    draining: other.draining,
    logger: other.deps.logger,
  });
  const call = await other.deps.calls.insertCall(aCall({ state: 'in_progress' }), { type: 'call.answered' });
  const stream = await fetch(`${draining.url}/api/calls/${call.id}/events`, {
    headers: { Accept: 'text/event-stream', 'X-API-Key': other.key },
  });
  const text = stream.text();
  await draining.close();
  expect(parse(await text)).toMatchObject([{ event: 'call.answered' }]);
  await draining.close();
  await other.close();
});

async function liveCall() {
  return api.deps.calls.insertCall(aCall({ state: 'in_progress' }), { type: 'call.answered' });
}

async function end(callId: string): Promise<void> {
  const patch = { outcome: 'completed', endReason: 'agent_goodbye', hungUpBy: 'agent' } as const;
  await api.deps.calls.transition({ callId, to: 'ended', patch, event: { type: 'call.ended' } });
}

function follow(id: string, headers: Record<string, string> = {}) {
  const accept = { Accept: 'text/event-stream', 'X-API-Key': api.key };
  return fetch(`${server.url}/api/calls/${id}/events`, { headers: { ...accept, ...headers } });
}

function parse(text: string) {
  return text
    .split('\n\n')
    .filter((block) => block.includes('data:'))
    .map((block) => {
      const lines = block
        .split('\n')
        .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]);
      const of = (name: string) => lines.flatMap(([key, value]) => (key === name ? [value] : [])).join('\n');
      return { id: of('id'), event: of('event'), data: JSON.parse(of('data')) as unknown };
    });
}

import { Room } from '@livekit/rtc-node';
import { TokenVerifier } from 'livekit-server-sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { livekitRooms } from '../../src/livekit/rooms.ts';
import { startServer } from '../../src/http/server.ts';
import { livekit } from '../setup/servers.ts';
import { type Api, openApi } from './open-api.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

describe('a web call', () => {
  test('gets a room, a token for it and a row that is in progress', async () => {
    const { status, body } = await api.send('POST', '/api/web-calls', {
      body: { agent: 'receptionist', metadata: { ticket: 7 }, limits: { max_minutes: 2 } },
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ status: 'in_progress', room: body.call_id, livekit_url: 'ws://localhost' });
    expect(body.status_url).toBe(`http://localhost/api/calls/${body.call_id}`);
    const { apiKey, apiSecret } = livekit();
    const grants = await new TokenVerifier(apiKey, apiSecret).verify(body.token);
    expect(grants.video).toMatchObject({ room: body.call_id, roomJoin: true });
    const stored = await api.send('GET', `/api/calls/${body.call_id}`);
    expect(stored.body).toMatchObject({
      direction: 'web',
      agent: 'receptionist',
      pipeline: 'embedded',
      metadata: { ticket: 7 },
      limits: { max_minutes: 2 },
      turns: [],
      costs: [],
      messages: [],
      report: null,
    });
  });

  test('tells the address a reverse proxy serves', async () => {
    const headers = { 'X-Forwarded-Proto': 'https', Host: 'voice.example.com' };
    const { body } = await api.send('POST', '/api/web-calls', { body: { agent: 'receptionist' }, headers });
    expect(body.livekit_url).toMatch(/^wss:\/\//);
    expect(body.status_url).toMatch(/^https:\/\//);
  });

  test.each([
    [{ agent: 'nobody' }, 404, 'agent_not_found', 'agent', /receptionist, reminder/],
    [{ agent: 'receptionist', pipeline: 'warp' }, 422, 'pipeline_not_found', 'pipeline', /auto, cloud, lan, embedded/],
    [{ agent: 'receptionist', pipeline: { tts: 'x' } }, 422, 'pipeline_not_found', 'pipeline.tts', /piper-http-tts/],
    [{ agent: 'receptionist', pipeline: 'cloud' }, 422, 'pipeline_not_configured', 'pipeline', /DEEPGRAM_API_KEY/],
    [{ agent: 'unscripted' }, 422, 'pipeline_not_configured', 'pipeline', /script/],
    [{ agent: 'reminder' }, 422, 'invalid_variables', 'variables.name', /needs name/],
    [{ agent: 'receptionist', variables: { clinc: 'x' } }, 422, 'invalid_variables', 'variables.clinc', /clinic/],
    [{ agent: 'receptionist', colour: 1 }, 422, 'invalid_request', undefined, /Unknown field colour.*agent, pipeline/],
    [{ agent: 7 }, 422, 'invalid_request', 'agent', /string/],
    [{}, 422, 'invalid_request', 'agent', /`agent` is missing/],
    [
      { agent: 'receptionist', pipeline: { stt: { provider: 'whisperlive-stt', options: { url: 'ws://evil' } } } },
      422,
      'invalid_request',
      'pipeline.stt.options',
      /set by the operator/,
    ],
  ])('refuses %j with %i %s and says what to send', async (body, status, code, field, detail) => {
    const refused = await api.send('POST', '/api/web-calls', { body });
    expect(refused).toMatchObject({ status, body: { code, status } });
    expect(refused.body.field).toBe(field);
    expect(refused.body.detail).toMatch(detail);
    expect(refused.body.request_id).toBe(refused.headers.get('x-request-id'));
  });

  test('lets a playbook use variables of its own', async () => {
    const body = { agent: 'receptionist', variables: { offer: 'ten percent' }, playbook: 'Mention {{offer}}.' };
    expect((await api.send('POST', '/api/web-calls', { body })).status).toBe(201);
  });
});

test('a browser joins through the origin of the API', async () => {
  const own = await openApi();
  const options = { host: '127.0.0.1', port: 0, livekitUrls: [livekit().url], logger: own.deps.logger };
  const server = await startServer({ ...options, app: own.app, draining: own.draining });
  const answer = await fetch(`${server.url}/api/web-calls`, {
    method: 'POST',
    headers: { 'X-API-Key': own.key, 'Content-Type': 'application/json' },
    body: JSON.stringify({ agent: 'receptionist' }),
  });
  const call = (await answer.json()) as { livekit_url: string; token: string; room: string };
  expect(call.livekit_url).toBe(server.url.replace('http', 'ws'));
  const room = new Room();
  await room.connect(call.livekit_url, call.token);
  expect(room.name).toBe(call.room);
  expect(await own.deps.rooms.participants(call.room)).toMatchObject([{ identity: 'caller', kind: 'standard' }]);
  await room.disconnect();
  await server.close();
  await own.close();
});

describe('when LiveKit is away', () => {
  test('a web call is refused with Retry-After, and leaves neither a call nor its key behind', async () => {
    const rooms = livekitRooms({
      connection: { url: 'http://127.0.0.1:1', apiKey: 'k', apiSecret: 's' },
      agentName: 'nobody',
    });
    const away = await openApi({ rooms });
    try {
      const asked = { body: { agent: 'receptionist' }, headers: { 'Idempotency-Key': 'again' } };
      const refused = await away.send('POST', '/api/web-calls', asked);
      expect(refused).toMatchObject({ status: 503, body: { code: 'livekit_unavailable' } });
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      const { body } = await away.send('GET', '/api/calls');
      expect(body.calls).toEqual([]);
      const { body: again } = await away.send('POST', '/api/web-calls', asked);
      expect(again).toMatchObject({ code: 'livekit_unavailable' });
    } finally {
      await away.close();
    }
  });
});

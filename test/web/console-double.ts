import { connect, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { IncomingMessage, Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { AccessToken, RoomServiceClient } from 'livekit-server-sdk';
import type { Call, CallEvent, CostLine, Turn } from '../../src/calls/call.ts';
import type { Recording } from '../../src/calls/recordings/recording-ports.ts';
import { authenticate } from '../../src/http/door/authenticate.ts';
import { hashKey } from '../../src/calls/keys/create-key.ts';
import { renderErrors } from '../../src/http/problem.ts';
import { type ApiKey, type CallMessage, keyScopes, type KeyScope, type KeyStore } from '../../src/calls/ports.ts';
import { callDetailJson, callJson, eventJson } from '../../src/http/shapes/call-json.ts';
import type { ApiEnv, HttpDependencies } from '../../src/http/dependencies.ts';
import { keylessLimit } from '../../src/http/door/keyless-limit.ts';
import { pageRoutes } from '../../src/http/routes/page.ts';
import { sessionRoutes } from '../../src/http/routes/operator/session.ts';
import { securityHeaders } from '../../src/http/door/security-headers.ts';
import { sessions } from '../../src/http/door/sessions.ts';
import { supervisorToken } from '../../src/livekit/supervisor-token.ts';
import { type Exchange, startAgent } from './agent-double.ts';
import { agentsJson, receptionist, sampleCalls, sampleToolRuns } from './console-samples.ts';

export const key = 'parley_test_key';

const unknownCall = { code: 'call_not_found', title: 'No such call', detail: 'There is no such call.' };

export type KeptCall = {
  call: Call;
  turns: Turn[];
  costs: CostLine[];
  messages: CallMessage[];
  events: CallEvent[];
  recordings?: Recording[];
  /** The file of its recording. */
  sound?: Buffer;
};

/**
 * The server as the page sees it: its files under the real security headers, the JSON of the API, LiveKit's signalling on
 * the same origin, and an agent that talks over the real livekit-server.
 */
export async function startConsole(options: {
  livekit: { url: string; apiKey: string; apiSecret: string };
  exchanges?: readonly Exchange[];
  /** The agent does not hang up. */
  stays?: boolean;
  /** Ended calls in the list besides those that are placed. */
  samples?: number;
  /** `absent`: no worker takes the call. */
  agent?: 'present' | 'absent';
  /** Of the key. */
  scopes?: KeyScope[];
  /** Answers what is not the page's own of calls: the real API, with the database of a test. */
  rest?: (request: Request) => Promise<Response> | Response;
  /** What the token grants; a spent one is refused by LiveKit. */
  token?: 'good' | 'expired';
}) {
  const { livekit, exchanges = receptionist.exchanges } = options;
  const rooms = new RoomServiceClient(livekit.url.replace(/^ws/, 'http'), livekit.apiKey, livekit.apiSecret);
  const calls: KeptCall[] = sampleCalls(options.samples ?? 0);
  const requests: { agent: string; pipeline?: string; variables: Record<string, string> }[] = [];
  const controls: { verb: string; body: unknown }[] = [];
  const agents: Awaited<ReturnType<typeof startAgent>>[] = [];
  const app = new Hono<ApiEnv>();
  app.onError(renderErrors({ health: () => ({}) }));
  app.use(securityHeaders({}));

  const keys = keysOf(options.scopes ?? [...keyScopes]);
  const signed = sessions('a secret of the test');
  const keyless = keylessLimit();
  app.use('/api/*', authenticate(keys, { keyless, sessions: signed }));
  app.post('/session', authenticate(keys, { keyless }));
  app.route('/', sessionRoutes({ keys, sessions: signed, operatorTenantId: 'default' } as HttpDependencies));
  app.get('/api/agents', (c) => c.json(agentsJson));
  app.get('/api/calls', (c) => {
    const limit = Number(c.req.query('limit') ?? 25);
    const from = Number(c.req.query('cursor') ?? 0);
    const { status, outcome, direction, agent, q } = c.req.query();
    const found = calls.filter(
      ({ call, turns }) =>
        (!q || turns.some(({ text }) => text.includes(q))) &&
        (!status || status.split(',').includes(call.state)) &&
        (!outcome || call.outcome === outcome) &&
        (!direction || call.direction === direction) &&
        (!agent || call.agent === agent),
    );
    const page = found.slice(from, from + limit);
    const next = from + limit < found.length ? String(from + limit) : null;
    return c.json({ calls: page.map(({ call }) => callJson(call, '')), next_cursor: next });
  });
  app.get('/api/calls/:id', (c) => {
    const kept = calls.find(({ call }) => call.id === c.req.param('id'));
    if (!kept) return options.rest?.(c.req.raw) ?? c.json(unknownCall, 404);
    return c.json(callDetailJson(kept.call, { recordings: [], ...kept, attempts: [] }, ''));
  });
  app.get('/api/calls/:id/recording', (c) => {
    const kept = calls.find(({ call }) => call.id === c.req.param('id'));
    if (!kept?.sound || c.req.query('redirect') !== 'false') return c.json(unknownCall, 404);
    return c.body(new Uint8Array(kept.sound), 200, { 'Content-Type': 'audio/ogg' });
  });
  app.post('/api/calls/:id/supervise', async (c) => {
    const { mode } = await c.req.json();
    const [room, identity] = [c.req.param('id'), `supervisor-${mode}`];
    const token = await supervisorToken(livekit, { room, identity, mode, ttlSeconds: 60 });
    const livekitUrl = new URL(c.req.url).origin.replace(/^http/, 'ws');
    return c.json({ call_id: room, mode, supervisor: identity, room, token, livekit_url: livekitUrl }, 201);
  });
  app.post('/api/calls/:id/:verb', async (c) => {
    controls.push({ verb: c.req.param('verb'), body: await c.req.json().catch(() => null) });
    return c.json({ call_id: c.req.param('id'), status: 'in_progress' }, 202);
  });
  app.get('/api/calls/:id/events', (c) => {
    const kept = calls.find(({ call }) => call.id === c.req.param('id'));
    if (!kept) return options.rest?.(c.req.raw) ?? c.json(unknownCall, 404);
    return c.json({ events: kept.events.map(eventJson) });
  });
  app.post('/api/web-calls', async (c) => {
    const request = await c.req.json();
    requests.push(request);
    if (request.variables.customer_name === 'Nobody')
      return c.json({ code: 'capacity_full', title: 'All lines are busy', detail: 'All lines are busy.' }, 503);
    const kept = sampleCalls(1)[0]!;
    const id = `call_${calls.length}_${Date.now()}`;
    kept.call = { ...kept.call, id, agent: request.agent, state: 'in_progress', createdAt: new Date() };
    kept.call = { ...kept.call, answeredAt: new Date(), endedAt: null, outcome: null, endReason: null, hungUpBy: null };
    kept.turns = [];
    kept.messages = [];
    calls.unshift(kept);
    await rooms.createRoom({ name: id, emptyTimeout: 30 });
    if (options.agent !== 'absent') void join(kept, id);
    const token = await callerToken(id);
    const livekitUrl = new URL(c.req.url).origin.replace(/^http/, 'ws');
    const placed = { call_id: id, status: 'in_progress', room: id, token, livekit_url: livekitUrl };
    return c.json({ ...placed, status_url: `/api/calls/${id}` }, 201);
  });
  app.get('/api/calls/:id/tool-runs', (c) => {
    const isKept = calls.some(({ call }) => call.id === c.req.param('id'));
    return (isKept ? undefined : options.rest?.(c.req.raw)) ?? c.json({ tool_runs: sampleToolRuns });
  });
  if (options.rest) {
    const { rest } = options;
    app.all('/api/*', (c) => rest(c.req.raw));
    app.get('/health', (c) => rest(c.req.raw));
  }
  app.all('/rtc/*', async (c) => {
    const { pathname, search } = new URL(c.req.url);
    const answer = await fetch(`${livekit.url.replace(/^ws/, 'http')}${pathname}${search}`);
    return new Response(answer.body, { status: answer.status });
  });
  const pageFolder = fileURLToPath(new URL('../../src/web/public', import.meta.url));
  app.route('/', pageRoutes({ pageFolder }));

  async function callerToken(room: string): Promise<string> {
    const ttl = options.token === 'expired' ? -60 : 600;
    const token = new AccessToken(livekit.apiKey, livekit.apiSecret, { identity: 'caller', ttl });
    token.addGrant({ roomJoin: true, room });
    return token.toJwt();
  }

  async function join(kept: KeptCall, room: string): Promise<void> {
    const token = new AccessToken(livekit.apiKey, livekit.apiSecret, { identity: 'agent' });
    token.kind = 'agent';
    token.addGrant({ roomJoin: true, room, canUpdateOwnMetadata: true });
    const agent = await startAgent({
      url: livekit.url,
      token: await token.toJwt(),
      greeting: receptionist.greeting,
      exchanges,
      stays: options.stays ?? false,
      onGoodbye(turns) {
        const ended = { state: 'ended', outcome: 'completed', endReason: 'agent_goodbye', hungUpBy: 'agent' } as const;
        kept.call = { ...kept.call, ...ended, endedAt: new Date() };
        kept.turns = turns;
        void rooms.deleteRoom(room);
      },
    });
    agents.push(agent);
    kept.turns = agent.turns;
  }

  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server;
  await new Promise((resolve) => server.once('listening', resolve));
  const sockets = new Set<Socket>();
  let isCut = false;
  server.on('upgrade', (request: IncomingMessage, socket: Socket) => {
    if (isCut) {
      socket.destroy();
      return;
    }
    const { hostname, port } = new URL(livekit.url);
    const far = connect(Number(port), hostname, () => {
      const headers = Array.from({ length: request.rawHeaders.length / 2 }, (_, pair) =>
        request.rawHeaders.slice(pair * 2, pair * 2 + 2).join(': '),
      );
      far.write(`GET ${request.url} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
      far.pipe(socket).pipe(far);
    });
    for (const each of [socket, far]) {
      sockets.add(each);
      each.on('error', () => undefined).on('close', () => sockets.delete(each));
    }
  });

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    requests,
    controls,
    agents,
    rooms,
    /** Cuts the signalling of every browser, as a network that goes away does, until it is restored. */
    cutSignalling() {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    restoreSignalling() {
      isCut = false;
    },
    async close() {
      await Promise.all(agents.map((agent) => agent.close()));
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The one key that there is. */
function keysOf(scopes: KeyScope[]): KeyStore {
  const only: ApiKey = {
    id: 'key_test',
    tenantId: 'default',
    name: 'test key',
    prefix: 'parley_t',
    hash: hashKey(key),
    scopes,
    createdAt: new Date(),
    lastUsedAt: null,
    revokedAt: null,
    expiresAt: null,
    browser: null,
  };
  return { findKeyByHash: async (hash) => (hash === only.hash ? only : null) } as KeyStore;
}

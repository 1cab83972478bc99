import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AccessToken, AgentDispatchClient } from 'livekit-server-sdk';
import { startProcess, untilReady } from '../../src/stack/managed-process.ts';
import { freePort } from '../../src/stack/free-port.ts';
import { stopTree } from '../../src/load/process-tree.ts';
import type { System, SystemOptions } from '../../src/load/system.ts';

/** The pool warms its idle processes one after another once the worker has registered. */
const warmUpMs = 6000;

/**
 * The SDK's stock `AgentServer` in production. Its load gate refuses calls on a busy machine; `admitAll` lifts it, so that
 * memory and latency can be compared at all.
 */
export async function startStock(
  options: SystemOptions & { admitAll: boolean; withFallbacks: boolean },
): Promise<System> {
  const { url, apiKey, apiSecret } = options.livekit;
  const port = await freePort();
  const server = startProcess({
    name: 'The stock AgentServer',
    command: process.execPath,
    args: [fileURLToPath(new URL('../baseline/main.ts', import.meta.url)), 'start'],
    logFile: join(options.workDir, 'stock.log'),
    stopSeconds: 3,
    env: {
      ...process.env,
      ...options.providers,
      LIVEKIT_URL: url,
      LIVEKIT_API_KEY: apiKey,
      LIVEKIT_API_SECRET: apiSecret,
      BENCH_HEALTH_PORT: String(port),
      BENCH_PIPELINE: JSON.stringify(options.pipeline ?? 'cloud'),
      ...(options.admitAll ? { BENCH_ADMIT_ALL: '1' } : {}),
      ...(options.withFallbacks ? { BENCH_FALLBACKS: '1' } : {}),
    },
  });
  await untilReady(server, 60, async () => {
    const health = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
    return health?.ok === true;
  });
  await delay(warmUpMs);
  const dispatch = new AgentDispatchClient(url.replace(/^ws/, 'http'), apiKey, apiSecret);
  return {
    pid: server.pid,
    async openRoom() {
      const room = `bench-${randomUUID()}`;
      await dispatch.createDispatch(room, 'bench-baseline');
      const token = new AccessToken(apiKey, apiSecret, { identity: 'caller' });
      token.addGrant({ roomJoin: true, room });
      return { url, token: await token.toJwt() };
    },
    stop: () => stopTree(server),
  };
}

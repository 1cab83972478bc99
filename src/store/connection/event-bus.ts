import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { CallEventBus } from '../../calls/ports.ts';

const longestPauseMs = 2_000;
const pingMs = 15_000;

/**
 * Hears of call events through one LISTEN connection of its own (so not through a pooler in transaction mode), and reconnects
 * for as long as it is open. After a gap every listener is told that there may be news.
 */
export function openEventBus(options: {
  url: string;
  log?: (level: 'warn' | 'info', message: string, fields?: Record<string, unknown>) => void;
}): CallEventBus & {
  /** Resolves when it first hears. */
  listening: Promise<void>;
  /** Idempotent. */
  close(): Promise<void>;
} {
  const { url, log } = options;
  const listeners = new Map<string, Set<() => void>>();
  const closed = new AbortController();
  const firstHeard = Promise.withResolvers<void>();

  const tell = (callIds: Iterable<string>) => {
    for (const callId of callIds)
      for (const listener of listeners.get(callId) ?? []) {
        try {
          listener();
        } catch (error) {
          log?.('warn', 'A listener of call events failed.', { error: String(error) });
        }
      }
  };

  const listen = async () => {
    const client = new Client({
      connectionString: url,
      application_name: 'parley-events',
      connectionTimeoutMillis: 5_000,
      query_timeout: 10_000,
      keepAlive: true,
    });
    const lost = Promise.withResolvers<void>();
    client.on('error', () => lost.resolve());
    client.on('end', () => lost.resolve());
    client.on('notification', ({ payload }) => tell(payload === undefined ? [] : [payload]));
    // A connection that died silently is noticed by a question that gets no answer.
    const ping = setInterval(() => void client.query('SELECT 1').catch(() => lost.resolve()), pingMs);
    const onClose = () => lost.resolve();
    closed.signal.addEventListener('abort', onClose, { once: true });
    try {
      await client.connect();
      await client.query('LISTEN parley_call_events');
      firstHeard.resolve();
      tell([...listeners.keys()]);
      await lost.promise;
    } finally {
      clearInterval(ping);
      closed.signal.removeEventListener('abort', onClose);
      client.removeAllListeners('notification');
      void client.end().catch(() => undefined);
    }
  };

  const keepListening = async () => {
    for (let failures = 0; !closed.signal.aborted;) {
      try {
        await listen();
        failures = 0;
        if (!closed.signal.aborted) log?.('warn', 'The connection for call events was lost; connecting again.');
      } catch (error) {
        if (failures === 0) log?.('warn', 'Call events cannot be heard; trying again.', { error: String(error) });
        failures += 1;
      }
      await sleep(Math.min(50 * 2 ** failures, longestPauseMs), undefined, { signal: closed.signal }).catch(
        () => undefined,
      );
    }
    firstHeard.resolve();
  };
  const running = keepListening();

  return {
    onNews(callId, listener) {
      const own = () => listener();
      const ofCall = listeners.get(callId) ?? new Set();
      listeners.set(callId, ofCall.add(own));
      return () => {
        ofCall.delete(own);
        if (ofCall.size === 0 && listeners.get(callId) === ofCall) listeners.delete(callId);
      };
    },
    listening: firstHeard.promise,
    async close() {
      closed.abort();
      await running;
    },
  };
}

import { Redis } from 'ioredis';

/** A count that takes longer is made here instead, milliseconds. */
const commandMs = 300;
const connectMs = 1_000;
const longestRetryMs = 1_000;

export type LimitRedis = {
  redis: Redis;
  /** @throws what is wrong; a connection that does not answer is given up, so that requests stop waiting for it. */
  ping(): Promise<void>;
  close(): void;
};

/** Redis for the counts of requests. Nothing waits for it longer than a moment, and nothing is kept for when it is back. */
export function openLimitRedis(target: string | { path: string }, onError: (error: Error) => void): LimitRedis {
  const bounds = {
    lazyConnect: true,
    enableOfflineQueue: false,
    commandTimeout: commandMs,
    connectTimeout: connectMs,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempts: number) => Math.min(longestRetryMs, 50 * attempts),
  };
  const redis = typeof target === 'string' ? new Redis(target, bounds) : new Redis({ ...target, ...bounds });
  redis.on('error', onError);
  // It tries again by itself.
  redis.connect().catch(() => undefined);
  return {
    redis,
    async ping() {
      try {
        await redis.ping();
      } catch (error) {
        if (redis.status === 'ready') redis.disconnect(true);
        throw error;
      }
    },
    close: () => redis.disconnect(),
  };
}

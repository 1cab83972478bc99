import type { MiddlewareHandler } from 'hono';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { ApiEnv, HttpDependencies } from '../dependencies.ts';
import { HttpError } from '../problem.ts';

/**
 * Counts requests per key in fixed windows and tells the state in `RateLimit-*` headers (seconds). With Redis the replicas
 * share the count; while Redis is away each counts by itself.
 */
export function rateLimit({
  requests,
  windowSeconds,
  redis,
}: HttpDependencies['rateLimit']): MiddlewareHandler<ApiEnv> {
  const window = { points: requests, duration: windowSeconds, keyPrefix: 'parley:rate' };
  const local = new RateLimiterMemory(window);
  const limiter = redis
    ? new RateLimiterRedis({ ...window, storeClient: redis, insuranceLimiter: local, rejectIfRedisNotReady: true })
    : local;
  return async function rateLimit(c, next) {
    const used = await limiter.consume(c.get('key').id).catch((refused: unknown) => {
      if (refused instanceof RateLimiterRes) return refused;
      throw refused;
    });
    const resetSeconds = Math.ceil(used.msBeforeNext / 1000);
    c.header('RateLimit-Limit', `${requests}`);
    c.header('RateLimit-Remaining', `${used.remainingPoints}`);
    c.header('RateLimit-Reset', `${resetSeconds}`);
    if (used.consumedPoints > requests)
      throw new HttpError(
        'rate_limited',
        `This key may send ${requests} requests in ${windowSeconds} seconds. Try again in ${resetSeconds} s.`,
        {
          headers: { 'Retry-After': `${resetSeconds}` },
          details: { retry_after_seconds: resetSeconds },
        },
      );
    await next();
  };
}

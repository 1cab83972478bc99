import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { isPublicAddress } from '../../calls/webhooks/public-address.ts';
import type { ApiEnv } from '../dependencies.ts';
import { HttpError } from '../problem.ts';

/** Requests without a good key that one address may send within the window. */
const refusals = 120;
const windowSeconds = 60;

export type KeylessLimit = ReturnType<typeof keylessLimit>;

/** Whoever sends no good key is told so this often, and then asked to wait, without a look into the database. */
export function keylessLimit() {
  const limiter = new RateLimiterMemory({ points: refusals, duration: windowSeconds });
  return {
    /** @throws HttpError `rate_limited` */
    async check(c: Context<ApiEnv>): Promise<void> {
      const used = await limiter.get(addressOf(c));
      if (used && used.consumedPoints > refusals) throw tooMany(used);
    },
    async count(c: Context<ApiEnv>): Promise<void> {
      await limiter.consume(addressOf(c)).catch((refused: unknown) => {
        if (!(refused instanceof RateLimiterRes)) throw refused;
      });
    },
  };
}

function tooMany({ msBeforeNext }: RateLimiterRes): HttpError {
  const seconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
  return new HttpError(
    'rate_limited',
    `This address sent ${refusals} requests without a valid key within ${windowSeconds} seconds. Try again in ${seconds} s.`,
    { headers: { 'Retry-After': `${seconds}`, Connection: 'close' }, details: { retry_after_seconds: seconds } },
  );
}

/** Of whoever asks: behind a proxy of the own network, the address that this proxy saw. */
function addressOf(c: Context<ApiEnv>): string {
  const env = c.env as object | undefined;
  const peer = (env && 'incoming' in env && getConnInfo(c).remote.address) || 'unknown';
  if (isPublicAddress(peer)) return peer;
  return c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() || peer;
}

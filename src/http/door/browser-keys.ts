import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { WebCallRequest } from '../../calls/place/start-web-call.ts';
import { CallError } from '../../calls/errors.ts';
import type { ApiKey } from '../../calls/ports.ts';
import type { HttpDependencies } from '../dependencies.ts';
import { HttpError } from '../problem.ts';

/**
 * Lets pages of other origins ask and read the answer. No cookie goes along, so a page has what its key has and nothing more; which
 * origins a key is for is checked with the key.
 */
export const answerPages: MiddlewareHandler = cors({
  origin: (origin) => origin,
  allowMethods: ['POST'],
  allowHeaders: ['Content-Type', 'X-API-Key', 'Authorization', 'Idempotency-Key'],
  exposeHeaders: ['Retry-After', 'X-Request-Id', 'Idempotent-Replayed'],
  maxAge: 600,
});

/** What visitors of a page must not decide: everybody can read its key. */
const operatorsOnly = ['pipeline', 'playbook', 'limits'] as const;

/**
 * Holds a key of a page to its agent and to its calls per minute.
 * @returns the agent and, for keys of pages, whose calls are counted
 * @throws CallError `invalid_request`; HttpError `rate_limited`
 */
export function browserBounds({ redis }: Pick<HttpDependencies['rateLimit'], 'redis'>) {
  const limiters = new Map<number, RateLimiterMemory | RateLimiterRedis>();
  const limiterOf = (points: number) => {
    const known = limiters.get(points);
    if (known) return known;
    const window = { points, duration: 60, keyPrefix: `parley:web:${points}` };
    const local = new RateLimiterMemory(window);
    const made = redis
      ? new RateLimiterRedis({ ...window, storeClient: redis, insuranceLimiter: local, rejectIfRedisNotReady: true })
      : local;
    limiters.set(points, made);
    return made;
  };
  return async function bound(
    { id, browser }: ApiKey,
    body: { agent?: string | undefined } & Partial<Record<(typeof operatorsOnly)[number], unknown>>,
  ): Promise<Pick<WebCallRequest, 'agent' | 'browserKey'>> {
    if (!browser) {
      if (body.agent === undefined)
        throw new CallError('invalid_request', '`agent` is missing. Send the name of an agent.', { field: 'agent' });
      return { agent: body.agent };
    }
    const { agent, callsPerMinute, maxCalls } = browser;
    const field = body.agent !== undefined && body.agent !== agent ? 'agent' : operatorsOnly.find((name) => body[name]);
    if (field)
      throw new CallError(
        'invalid_request',
        `A key of a web page is bound to the agent ${agent} and its settings. Leave \`${field}\` out.`,
        { field },
      );
    try {
      await limiterOf(callsPerMinute).consume(id);
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      const seconds = Math.ceil(refused.msBeforeNext / 1000);
      throw new HttpError(
        'rate_limited',
        `This key starts ${callsPerMinute} calls a minute. Try again in ${seconds} s.`,
        {
          headers: { 'Retry-After': `${seconds}` },
          details: { retry_after_seconds: seconds },
        },
      );
    }
    return { agent, browserKey: { id, maxCalls } };
  };
}

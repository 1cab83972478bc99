import { OpenAPIHono, z } from '@hono/zod-openapi';
import type { ApiEnv, HttpDependencies } from '../../dependencies.ts';
import { apiRoute, json } from '../../route.ts';

const limitsRoute = apiRoute('calls:read', {
  method: 'get',
  path: '/api/limits',
  summary: 'The limits of this tenant, and how much of them is used',
  responses: {
    200: json(
      z
        .object({
          calls_at_once: z.object({ limit: z.number(), used: z.number(), waiting: z.number() }),
          spend_per_day_usd: z.object({
            limit: z.string(),
            spent: z.string().describe('In the last 24 hours; as of at most a second ago.'),
            reserved: z.string().describe('What the lines of running calls may still cost.'),
          }),
          attempts_per_number_per_day: z.number(),
          max_minutes: z.number(),
          requests_per_minute: z.number().describe('Of this key; the `RateLimit-*` headers show what is left.'),
          trunks: z.array(
            z.object({
              trunk_id: z.string(),
              calls_at_once: z.object({ limit: z.number(), used: z.number() }),
              calls_per_second: z.number(),
            }),
          ),
        })
        .openapi('Limits'),
      'As of now.',
    ),
  },
});

export function limitRoutes({ admission, trunks, rules, rateLimit }: HttpDependencies) {
  return new OpenAPIHono<ApiEnv>().openapi(limitsRoute, async (c) => {
    const { tenantId } = c.get('key');
    const own = (await trunks.listRecent(tenantId)).filter(({ direction }) => direction === 'outbound');
    const known = new Map(own.map((trunk) => [trunk.trunkId, trunk]));
    const ids = [...new Set([...(rules.trunkId ? [rules.trunkId] : []), ...known.keys()])];
    const ask = (trunkId: string) => admission.figures({ tenantId, trunkId, phoneNumber: '' });
    const [figures, ...perTrunk] = await Promise.all([ask(''), ...ids.map(ask)]);
    return c.json(
      {
        calls_at_once: { limit: rules.maxCalls, used: figures!.tenantCalls, waiting: figures!.tenantQueued },
        spend_per_day_usd: {
          limit: `${rules.spendPerDayUsd}`,
          spent: figures!.spentUsd,
          reserved: figures!.reservedUsd,
        },
        attempts_per_number_per_day: rules.attemptsPerNumberPerDay,
        max_minutes: rules.maxMinutes,
        requests_per_minute: Math.round((rateLimit.requests * 60) / rateLimit.windowSeconds),
        trunks: ids.map((id, index) => ({
          trunk_id: id,
          calls_at_once: { limit: known.get(id)?.maxCalls ?? rules.trunkMaxCalls, used: perTrunk[index]!.trunkCalls },
          calls_per_second: known.get(id)?.callsPerSecond ?? rules.callsPerSecond,
        })),
      },
      200,
    );
  });
}

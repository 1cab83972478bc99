import { OpenAPIHono, z } from '@hono/zod-openapi';
import { outcomes } from '../../../calls/call-state.ts';
import { type EndReason, endReasons } from '../../../calls/end/end-reason.ts';
import { latencyFields } from '../../../calls/end/latency-json.ts';
import { type CallFigures, type OverviewSpan, overviewSpans } from '../../../calls/overview/overview.ts';
import type { ApiEnv, HttpDependencies } from '../../dependencies.ts';
import { apiRoute, json, strict } from '../../route.ts';

const instant = z.iso.datetime();
const count = z.number().int();

const figures = {
  calls: count.describe('Created within the time.'),
  answered: count,
  completed: count.describe('Of the answered, with the outcome `completed`.'),
  failed: count.describe('With the outcome `failed`.'),
  answer_rate: z.number().nullable().describe('answered / calls, 0–1; null without calls.'),
  completion_rate: z.number().nullable().describe('completed / answered, 0–1; null when none was answered.'),
  talk_seconds: z.number(),
  cost_usd: z.string().describe('Exact decimal, USD.'),
};
const endReason = z.enum(Object.keys(endReasons) as [EndReason, ...EndReason[]]);
const callLink = z.object({ call_id: z.string(), created_at: instant });

const overviewSchema = z
  .object({
    from: instant,
    to: instant,
    bucket_seconds: count,
    totals: z.object(figures),
    buckets: z.array(z.object({ from: instant, ...figures })).describe('Oldest first, without gaps.'),
    end_reasons: z
      .array(z.object({ end_reason: endReason, text: z.string(), outcome: z.enum(outcomes), calls: count }))
      .describe('The most frequent first.'),
    problems: z
      .array(
        z.object({
          end_reason: endReason,
          text: z.string(),
          fault: z.string(),
          calls: count,
          newest: z.array(callLink),
        }),
      )
      .describe('Calls that failed, were blocked, or whose outcome nobody knows.'),
    sample: z
      .object({
        calls: count.describe('The newest answered ones, at most 300.'),
        stages: z
          .array(z.object({ stage: z.enum(latencyFields), answers: count, p50_ms: count, p95_ms: count }))
          .describe('`total_ms` is what the caller waits.'),
        slowest: z.array(callLink.extend({ slowest_ms: z.number() })).describe('With an answer over 2.5 seconds.'),
        cut_off: z.object({ calls: count, newest: z.array(callLink) }).describe('The caller was cut off.'),
        judged: count.describe('Have a verdict of the analysis.'),
        succeeded: count.describe('Of the judged.'),
      })
      .describe('What only single calls can tell.'),
  })
  .openapi('Overview');

const overviewRoute = apiRoute('calls:read', {
  method: 'get',
  path: '/api/overview',
  summary: 'Calls, rates, cost, latencies, end reasons and problems of the last day, week, month or quarter',
  description: 'As of at most ten seconds ago for a day, 30 for a week, two minutes for a month and ten for a quarter.',
  request: {
    query: strict({
      span: z.enum(Object.keys(overviewSpans) as [OverviewSpan, ...OverviewSpan[]]).default('week'),
      agent: z.string().min(1).max(100).optional(),
    }),
  },
  responses: { 200: json(overviewSchema, 'The overview.') },
});

export function overviewRoutes({ overview }: HttpDependencies) {
  return new OpenAPIHono<ApiEnv>().openapi(overviewRoute, async (c) => {
    const { tenantId } = c.get('key');
    const found = await overview.read({ tenantId, ...c.req.valid('query') });
    return c.json(
      {
        from: found.from.toISOString(),
        to: found.to.toISOString(),
        bucket_seconds: found.bucketSeconds,
        totals: figuresJson(found.totals),
        buckets: found.buckets.map(({ from, ...bucket }) => ({ from: from.toISOString(), ...figuresJson(bucket) })),
        end_reasons: found.endReasons.map(({ endReason: reason, outcome, calls }) => ({
          end_reason: reason,
          text: endReasons[reason].says,
          outcome,
          calls,
        })),
        problems: found.problems.map(({ endReason: reason, calls, newest }) => ({
          end_reason: reason,
          text: endReasons[reason].says,
          fault: endReasons[reason].fault,
          calls,
          newest: newest.map(linkJson),
        })),
        sample: {
          calls: found.sampledCalls,
          stages: found.stages.map(({ stage, answers, p50Ms, p95Ms }) => ({
            stage,
            answers,
            p50_ms: p50Ms,
            p95_ms: p95Ms,
          })),
          slowest: found.slowest.map(({ slowestMs, ...call }) => ({ ...linkJson(call), slowest_ms: slowestMs })),
          cut_off: { calls: found.cutOff.calls, newest: found.cutOff.newest.map(linkJson) },
          judged: found.judged,
          succeeded: found.succeeded,
        },
      },
      200,
    );
  });
}

const linkJson = ({ id, createdAt }: { id: string; createdAt: Date }) => ({
  call_id: id,
  created_at: createdAt.toISOString(),
});

function figuresJson({ calls, answered, completed, failed, talkSeconds, costUsd }: CallFigures) {
  return {
    calls,
    answered,
    completed,
    failed,
    answer_rate: calls === 0 ? null : answered / calls,
    completion_rate: answered === 0 ? null : completed / answered,
    talk_seconds: Math.round(talkSeconds),
    cost_usd: costUsd,
  };
}

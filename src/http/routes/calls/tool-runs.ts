import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { CallError } from '../../../calls/errors.ts';
import { getCall } from '../../../calls/get-call.ts';
import { answerRun } from '../../../calls/tools/answer-run.ts';
import { type ToolRun, toolRunStates } from '../../../calls/tools/tool-runs.ts';
import type { ApiEnv, HttpDependencies } from '../../dependencies.ts';
import { keylessLimit } from '../../door/keyless-limit.ts';
import { apiRoute, bodyProblems, commonProblems, idParam, json, notFound, problem } from '../../route.ts';

const toolRunSchema = z
  .object({
    tool_run_id: z.string().describe('Sent as `Idempotency-Key`.'),
    tool: z.string(),
    arguments: z.record(z.string(), z.unknown()),
    state: z
      .enum(toolRunStates)
      .describe('`sent`: running, or nobody lived to hear what came of it. `unknown`: nobody knows.'),
    status: z.number().int().nullable().describe('Of HTTP, where there was one.'),
    answer: z.unknown().describe('What the model saw of the answer.'),
    note: z.string().nullable().describe('What went wrong.'),
    created_at: z.string(),
    settled_at: z.string().nullable().describe('When it was known what came of it.'),
    told_at: z.string().nullable().describe('When the caller had heard it.'),
  })
  .openapi('ToolRun');

function toolRunJson({ id, tool, arguments: given, state, outcome, ...times }: ToolRun): z.infer<typeof toolRunSchema> {
  return {
    tool_run_id: id,
    tool,
    arguments: given,
    state,
    status: outcome?.status ?? null,
    answer: outcome?.answer ?? null,
    note: outcome?.note ?? null,
    created_at: times.createdAt.toISOString(),
    settled_at: times.settledAt?.toISOString() ?? null,
    told_at: times.toldAt?.toISOString() ?? null,
  };
}

const answerRoute = createRoute({
  method: 'post',
  path: '/tool-runs/{id}/answer',
  summary: 'Answer a tool that said 202',
  description:
    'The address in `Parley-Resume-Url` of a request of a tool. It needs no key: whoever has the address may answer, once. The body is the answer, as JSON or text. A call that goes on speaks of it.',
  request: {
    params: idParam,
    query: z.object({
      token: z.string().max(100).default('').describe('Of this run alone.'),
      outcome: z.enum(['done', 'refused']).default('done').describe('Whether it was carried out, or refused.'),
    }),
  },
  responses: {
    202: json(
      z.object({ tool_run_id: z.string(), call_id: z.string(), call_goes_on: z.boolean() }).openapi('ToolAnswerTaken'),
      'It is stored, and passed to the call if that still runs.',
    ),
    400: commonProblems[400],
    404: problem('No run of a tool waits for an answer here.'),
    413: bodyProblems[413],
    422: commonProblems[422],
    429: commonProblems[429],
    500: commonProblems[500],
    503: commonProblems[503],
  },
});

const listRoute = apiRoute('calls:read', {
  method: 'get',
  path: '/api/calls/{id}/tool-runs',
  summary: 'What the tools of its agent did',
  description:
    'Each execution of a tool that the agent’s file describes, in order, also when its answer came after the call.',
  request: { params: idParam },
  responses: {
    200: json(z.object({ tool_runs: z.array(toolRunSchema) }).openapi('ToolRuns'), 'In the order in which they began.'),
    ...notFound,
  },
});

export function toolRunRoutes(deps: HttpDependencies) {
  const keyless = keylessLimit();
  const routes = new OpenAPIHono<ApiEnv>().openapi(listRoute, async (c) => {
    const call = await getCall(deps.calls, { id: c.req.valid('param').id, tenantId: c.get('key').tenantId });
    return c.json({ tool_runs: (await deps.toolRuns.list(call.id)).map(toolRunJson) }, 200);
  });
  return routes.openapi(answerRoute, async (c) => {
    await keyless.check(c);
    const { id } = c.req.valid('param');
    const { token, outcome } = c.req.valid('query');
    try {
      const answer = readBody(await c.req.text());
      const { run, callGoesOn } = await answerRun({ id, token, refused: outcome === 'refused', answer }, deps);
      return c.json({ tool_run_id: run.id, call_id: run.callId, call_goes_on: callGoesOn }, 202);
    } catch (error) {
      if (error instanceof CallError) await keyless.count(c);
      throw error;
    }
  });
}

/** JSON, or the text as it came; nothing where there is nothing. */
function readBody(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

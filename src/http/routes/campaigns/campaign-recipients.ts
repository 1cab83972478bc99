import { OpenAPIHono, z } from '@hono/zod-openapi';
import { stream } from 'hono/streaming';
import { addRecipients, variablesOfRecipients } from '../../../calls/campaigns/add-recipients.ts';
import { recipientStates } from '../../../calls/campaigns/campaign.ts';
import { findCampaign } from '../../../calls/campaigns/find-campaign.ts';
import { forecastCampaign } from '../../../calls/campaigns/preview-campaign.ts';
import { exportResults } from '../../../calls/campaigns/results-csv.ts';
import { additionFields } from '../../shapes/campaign-fields.ts';
import {
  additionJson,
  additionSchema,
  forecastJson,
  forecastSchema,
  recipientJson,
  recipientSchema,
} from '../../shapes/campaign-json.ts';
import { candidatesIn } from '../../candidates.ts';
import { textOf } from '../../csv/decode-text.ts';
import type { ApiEnv, HttpDependencies } from '../../dependencies.ts';
import { readRecipientCsv } from '../../csv/read-recipient-csv.ts';
import { checkScope } from '../../door/require-scope.ts';
import { apiRoute, bodyProblems, conflict, idParam, json, jsonBody, notFound, paging, strict } from '../../route.ts';

const additionOf = additionSchema.openapi('AddedRecipients');

const addRoute = apiRoute('calls:write', {
  method: 'post',
  path: '/api/campaigns/{id}/recipients',
  summary: 'Add people to a campaign',
  description:
    'Each number is called once, however often it is added. A completed campaign starts again. `leads` also needs the scope `leads:read`.',
  request: { params: idParam, body: jsonBody(strict(additionFields).openapi('AddRecipients')) },
  responses: { 200: json(additionOf, 'What came of each.'), ...notFound, ...conflict, ...bodyProblems },
});

const importRoute = apiRoute('calls:write', {
  method: 'post',
  path: '/api/campaigns/{id}/recipients/import',
  summary: 'Add the people of a CSV to a campaign',
  description:
    'The header line names the columns: `phone_number`, and the variables of the agent; others are ignored. A wrong line is rejected by itself. Up to 100,000 lines and 16 MB, in the encodings of `POST /api/leads/import`.',
  request: {
    params: idParam,
    body: {
      required: true,
      content: { 'text/csv': { schema: z.string().openapi({ example: 'phone_number,name\n+14155552671,Ada\n' }) } },
    },
  },
  responses: { 200: json(additionOf, 'What came of each line.'), ...notFound, ...conflict, ...bodyProblems },
});

const listRoute = apiRoute('calls:read', {
  method: 'get',
  path: '/api/campaigns/{id}/recipients',
  summary: 'Whom a campaign calls, in their order',
  request: {
    params: idParam,
    query: strict({
      status: z.enum(recipientStates).optional(),
      after: z.coerce.number().int().min(0).default(0).openapi({ type: 'integer', description: 'Position before.' }),
      limit: paging.limit,
    }),
  },
  responses: {
    200: json(
      z
        .object({
          recipients: z.array(recipientSchema),
          next_after: z.number().int().nullable().describe('`after` of the next page.'),
        })
        .openapi('Recipients'),
      'A page.',
    ),
    ...notFound,
  },
});

const forecastRoute = apiRoute('calls:read', {
  method: 'get',
  path: '/api/campaigns/{id}/forecast',
  summary: 'Who will be called when, who not and why',
  description: 'By the rules of this moment, for those who wait. Nothing is written and nobody is called.',
  request: { params: idParam },
  responses: { 200: json(forecastSchema, 'The forecast.'), ...notFound },
});

const resultsRoute = apiRoute('calls:read', {
  method: 'get',
  path: '/api/campaigns/{id}/results',
  summary: 'The results of a campaign as CSV',
  description:
    "One line per recipient, with what came of the last call; each field of the agent's `result:` is a column `result_…`.",
  request: { params: idParam },
  responses: {
    200: { description: 'One line per recipient.', content: { 'text/csv': { schema: z.string() } } },
    ...notFound,
  },
});

export function campaignRecipientRoutes(deps: HttpDependencies) {
  const { campaigns } = deps;
  return new OpenAPIHono<ApiEnv>()
    .openapi(importRoute, async (c) => {
      const which = { id: c.req.valid('param').id, tenantId: c.get('key').tenantId };
      const campaign = await findCampaign(which, deps);
      const rows = readRecipientCsv(await textOf(c), variablesOfRecipients(campaign, deps.agents));
      return c.json(additionJson(await addRecipients(campaign, rows, deps)), 200);
    })
    .openapi(addRoute, async (c) => {
      const body = c.req.valid('json');
      if (body.leads) checkScope(c.get('key'), 'leads:read');
      const which = { id: c.req.valid('param').id, tenantId: c.get('key').tenantId };
      const campaign = await findCampaign(which, deps);
      return c.json(additionJson(await addRecipients(campaign, candidatesIn(body, campaign, deps), deps)), 200);
    })
    .openapi(listRoute, async (c) => {
      const { status, after, limit } = c.req.valid('query');
      const which = { id: c.req.valid('param').id, tenantId: c.get('key').tenantId };
      const { id } = await findCampaign(which, deps);
      const rows = await campaigns.listRecipients(id, { ...(status && { state: status }), after, limit: limit + 1 });
      const page = rows.slice(0, limit);
      const nextAfter = rows.length > limit ? (page.at(-1)?.position ?? null) : null;
      return c.json({ recipients: page.map(recipientJson), next_after: nextAfter }, 200);
    })
    .openapi(forecastRoute, async (c) => {
      const which = { id: c.req.valid('param').id, tenantId: c.get('key').tenantId };
      return c.json(forecastJson(await forecastCampaign(await findCampaign(which, deps), deps)), 200);
    })
    .openapi(resultsRoute, async (c) => {
      const which = { id: c.req.valid('param').id, tenantId: c.get('key').tenantId };
      const campaign = await findCampaign(which, deps);
      c.header('Content-Type', 'text/csv; charset=utf-8');
      c.header('Content-Disposition', `attachment; filename="${campaign.id}.csv"`);
      return stream(c, async (out) => {
        for await (const part of exportResults(campaign, deps)) await out.write(part);
      });
    });
}

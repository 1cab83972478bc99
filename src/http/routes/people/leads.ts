import { OpenAPIHono, z } from '@hono/zod-openapi';
import { CallError } from '../../../calls/errors.ts';
import type { ApiEnv, HttpDependencies } from '../../dependencies.ts';
import { textOf } from '../../csv/decode-text.ts';
import { leadJson, leadSchema } from '../../shapes/lead-json.ts';
import { leadFields } from '../../shapes/lead-fields.ts';
import { readLeadCsv } from '../../csv/read-lead-csv.ts';
import { apiRoute, bodyProblems, idParam, json, jsonBody, notFound, paging, strict } from '../../route.ts';

const upsertRoute = apiRoute('leads:write', {
  method: 'post',
  path: '/api/leads',
  summary: 'Create a lead, or update the one with this email',
  description: 'Fields that are left out keep their value; null empties them.',
  request: { body: jsonBody(leadFields.openapi('UpsertLead')) },
  responses: { 200: json(leadSchema, 'Updated.'), 201: json(leadSchema, 'Created.'), ...bodyProblems },
});

const importRoute = apiRoute('leads:write', {
  method: 'post',
  path: '/api/leads/import',
  summary: 'Create or update leads from CSV',
  description:
    'The header line names the columns: email, name, phone_number, company; others go to `data`. A wrong line is rejected by itself. In UTF-8, UTF-16 with its mark, or what `charset` of the Content-Type says; else Windows-1252 is recognised.',
  request: {
    body: {
      required: true,
      content: {
        'text/csv': {
          schema: z.string().openapi({ example: 'email,name,phone_number\nada@example.com,Ada,+14155552671\n' }),
        },
      },
    },
  },
  responses: {
    200: json(
      z
        .object({
          created: z.number().int(),
          updated: z.number().int(),
          rejected: z.array(z.object({ line: z.number().int(), reason: z.string() })),
        })
        .openapi('LeadImport'),
      'What came of each line.',
    ),
    ...bodyProblems,
  },
});

/** In a query a `+` that is not written as %2B is a space, which no address holds. */
const emailFilter = z
  .string()
  .max(254)
  .transform((text) => text.replaceAll(' ', '+').toLowerCase())
  .openapi({ type: 'string' });

const listRoute = apiRoute('leads:read', {
  method: 'get',
  path: '/api/leads',
  summary: 'List leads, newest first',
  request: { query: strict({ email: emailFilter.optional(), ...paging }) },
  responses: {
    200: json(z.object({ leads: z.array(leadSchema), next_cursor: z.string().nullable() }).openapi('Leads'), 'A page.'),
  },
});

const getRoute = apiRoute('leads:read', {
  method: 'get',
  path: '/api/leads/{id}',
  summary: 'One lead',
  request: { params: idParam },
  responses: { 200: json(leadSchema, 'The lead.'), ...notFound },
});

const deleteRoute = apiRoute('leads:write', {
  method: 'delete',
  path: '/api/leads/{id}',
  summary: 'Delete a lead',
  description: 'Its calls stay, without it; `POST /api/erasures` erases them too.',
  request: { params: idParam },
  responses: { 204: { description: 'It is gone.' }, ...notFound },
});

export function leadRoutes({ leads }: HttpDependencies) {
  return new OpenAPIHono<ApiEnv>()
    .openapi(upsertRoute, async (c) => {
      const [result] = await leads.upsertLeads(c.get('key').tenantId, [c.req.valid('json')]);
      const { lead, created } = result!;
      c.set('auditTarget', lead.id);
      return created ? c.json(leadJson(lead), 201) : c.json(leadJson(lead), 200);
    })
    .openapi(importRoute, async (c) => {
      const { leads: read, rejected } = await readLeadCsv(await textOf(c));
      const stored = await leads.upsertLeads(c.get('key').tenantId, read);
      const created = stored.filter((each) => each.created).length;
      return c.json({ created, updated: stored.length - created, rejected }, 200);
    })
    .openapi(listRoute, async (c) => {
      const { email, cursor, limit } = c.req.valid('query');
      const { tenantId } = c.get('key');
      const page = await leads.listLeads({ tenantId, limit, ...(email && { email }), ...(cursor && { cursor }) });
      return c.json({ leads: page.leads.map(leadJson), next_cursor: page.nextCursor }, 200);
    })
    .openapi(deleteRoute, async (c) => {
      if (await leads.deleteLead(c.req.valid('param').id, c.get('key').tenantId)) return c.body(null, 204);
      throw new CallError('lead_not_found', 'There is no such lead. GET /api/leads lists them.', { field: 'id' });
    })
    .openapi(getRoute, async (c) => {
      const lead = await leads.findLead(c.req.valid('param').id, c.get('key').tenantId);
      if (!lead)
        throw new CallError('lead_not_found', 'There is no such lead. GET /api/leads lists them.', { field: 'id' });
      return c.json(leadJson(lead), 200);
    });
}

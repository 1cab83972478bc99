import { OpenAPIHono, z } from '@hono/zod-openapi';
import { stream } from 'hono/streaming';
import { addNumber, removeNumber } from '../../../calls/do-not-call/add-number.ts';
import { exportNumbers, importNumbers } from '../../../calls/do-not-call/do-not-call-csv.ts';
import {
  type DoNotCallEntry,
  type DoNotCallList,
  doNotCallSources,
} from '../../../calls/do-not-call/do-not-call-ports.ts';
import type { ApiKey } from '../../../calls/ports.ts';
import { textOf } from '../../csv/decode-text.ts';
import type { ApiEnv, HttpDependencies } from '../../dependencies.ts';
import { HttpError } from '../../problem.ts';
import { apiRoute, bodyProblems, json, jsonBody, notFound, paging, strict } from '../../route.ts';

const list = z
  .enum(['tenant', 'operator'])
  .default('tenant')
  .describe("`operator`: the list that holds for all tenants; only for an admin key of the operator's tenant.");

export const entrySchema = z
  .object({
    do_not_call_id: z.string(),
    list: z.enum(['tenant', 'operator']),
    phone_number: z.string().nullable().describe('Null: it was erased, and is not called all the same.'),
    reason: z.string(),
    source: z.enum(doNotCallSources),
    call_id: z.string().nullable().describe('The call in which somebody asked for it.'),
    created_at: z.iso.datetime(),
  })
  .openapi('DoNotCallEntry');

const addRoute = apiRoute('leads:write', {
  method: 'post',
  path: '/api/do-not-call',
  summary: 'Put a number on the do-not-call list',
  description: 'It is not dialled from now on, by calls that wait already neither.',
  request: {
    body: jsonBody(
      strict({
        phone_number: z.string().min(1).max(32).openapi({ example: '+14155552671' }),
        reason: z.string().trim().min(1).max(200).optional(),
        call_id: z.string().min(1).max(64).optional(),
        list,
      }).openapi('AddDoNotCall'),
    ),
  },
  responses: {
    200: json(entrySchema, 'It was there already, with the first reason.'),
    201: json(entrySchema, 'Added.'),
    ...bodyProblems,
  },
});

const listRoute = apiRoute('leads:read', {
  method: 'get',
  path: '/api/do-not-call',
  summary: 'The do-not-call list, newest first',
  request: {
    query: strict({
      phone_number: z.string().max(32).optional().describe('Whether this number may not be called, whoever said so.'),
      list,
      ...paging,
    }),
  },
  responses: {
    200: json(
      z.object({ entries: z.array(entrySchema), next_cursor: z.string().nullable() }).openapi('DoNotCallList'),
      'A page.',
    ),
  },
});

const removeRoute = apiRoute('leads:write', {
  method: 'delete',
  path: '/api/do-not-call/{phone_number}',
  summary: 'Take a number off the do-not-call list',
  request: {
    params: z.object({
      phone_number: z
        .string()
        .max(32)
        .openapi({ param: { name: 'phone_number', in: 'path' } }),
    }),
    query: strict({ list }),
  },
  responses: { 204: { description: 'It may be called again.' }, ...notFound },
});

const importRoute = apiRoute('leads:write', {
  method: 'post',
  path: '/api/do-not-call/import',
  summary: 'Put the numbers of a CSV on the do-not-call list',
  description: 'The header line names the columns: phone_number, reason. A wrong line is rejected by itself.',
  request: {
    query: strict({ list }),
    body: {
      required: true,
      content: { 'text/csv': { schema: z.string().openapi({ example: 'phone_number,reason\n+14155552671,asked\n' }) } },
    },
  },
  responses: {
    200: json(
      z
        .object({
          created: z.number().int(),
          known: z.number().int().describe('Were there already.'),
          rejected: z.array(z.object({ line: z.number().int(), reason: z.string() })),
        })
        .openapi('DoNotCallImport'),
      'What came of each line.',
    ),
    ...bodyProblems,
  },
});

const exportRoute = apiRoute('leads:read', {
  method: 'get',
  path: '/api/do-not-call/export',
  summary: 'The whole do-not-call list as CSV',
  request: { query: strict({ list }) },
  responses: { 200: { description: 'One line per number.', content: { 'text/csv': { schema: z.string() } } } },
});

export function doNotCallRoutes({ doNotCall, operatorTenantId }: HttpDependencies) {
  const listOf = (key: ApiKey, which: 'tenant' | 'operator'): DoNotCallList => {
    if (which === 'tenant') return { tenantId: key.tenantId };
    if (key.tenantId === operatorTenantId && key.scopes.includes('admin')) return 'operator';
    throw new HttpError('scope_missing', "The operator's list needs an admin key of the operator's tenant.", {
      details: { scope: 'admin' },
    });
  };
  return new OpenAPIHono<ApiEnv>()
    .openapi(exportRoute, (c) => {
      const chosen = listOf(c.get('key'), c.req.valid('query').list);
      c.header('Content-Type', 'text/csv; charset=utf-8');
      c.header('Content-Disposition', 'attachment; filename="do-not-call.csv"');
      return stream(c, async (out) => {
        for await (const part of exportNumbers(chosen, doNotCall)) await out.write(part);
      });
    })
    .openapi(importRoute, async (c) => {
      const chosen = listOf(c.get('key'), c.req.valid('query').list);
      return c.json(await importNumbers(await textOf(c), { list: chosen, source: 'csv' }, doNotCall), 200);
    })
    .openapi(addRoute, async (c) => {
      const { phone_number: phoneNumber, reason, call_id: callId, list: which } = c.req.valid('json');
      const chosen = listOf(c.get('key'), which);
      const { entry, created } = await addNumber(
        { list: chosen, source: 'api', phoneNumber, reason, callId },
        doNotCall,
      );
      c.set('auditTarget', entry.id);
      return created ? c.json(entryJson(entry), 201) : c.json(entryJson(entry), 200);
    })
    .openapi(listRoute, async (c) => {
      const { phone_number: phoneNumber, list: which, cursor, limit } = c.req.valid('query');
      const key = c.get('key');
      if (phoneNumber !== undefined) {
        const found = await doNotCall.find(key.tenantId, phoneNumber);
        return c.json({ entries: found ? [entryJson(found)] : [], next_cursor: null }, 200);
      }
      const page = await doNotCall.list({ list: listOf(key, which), cursor, limit });
      return c.json({ entries: page.entries.map(entryJson), next_cursor: page.nextCursor }, 200);
    })
    .openapi(removeRoute, async (c) => {
      const { phone_number: phoneNumber } = c.req.valid('param');
      await removeNumber({ list: listOf(c.get('key'), c.req.valid('query').list), phoneNumber }, doNotCall);
      return c.body(null, 204);
    });
}

export function entryJson({
  id,
  phoneNumber,
  callId,
  createdAt,
  ...rest
}: DoNotCallEntry): z.infer<typeof entrySchema> {
  return {
    do_not_call_id: id,
    phone_number: phoneNumber,
    call_id: callId,
    created_at: createdAt.toISOString(),
    ...rest,
  };
}

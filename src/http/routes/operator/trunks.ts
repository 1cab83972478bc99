import { OpenAPIHono, z } from '@hono/zod-openapi';
import { parsePhoneNumber } from '../../../../telephony/index.ts';
import { changeTrunk, type TrunkChange } from '../../../calls/trunks/change-trunk.ts';
import { createTrunk, type TrunkRequest } from '../../../calls/trunks/create-trunk.ts';
import { deleteTrunk } from '../../../calls/trunks/delete-trunk.ts';
import { type TenantTrunk, tenantTrunk, tenantTrunks } from '../../../calls/trunks/tenant-trunks.ts';
import type { ApiEnv, HttpDependencies } from '../../dependencies.ts';
import { apiRoute, bodyProblems, conflict, idParam, json, jsonBody, notFound, strict } from '../../route.ts';

const trunkSchema = z
  .object({
    trunk_id: z.string().openapi({ example: 'ST_4hV7nJ2kQx9T' }),
    direction: z.enum(['outbound', 'inbound']),
    name: z.string().nullable(),
    exists: z.boolean().describe('False: LiveKit has it no more. Delete it here too.'),
    numbers: z.array(z.string()),
    address: z.string().nullable().describe('Of the carrier, for calls that go out.'),
    allowed_addresses: z.array(z.string()).nullable().describe('From which calls may come in; empty: any.'),
    agent: z.string().nullable().describe('Who answers calls that come in.'),
    from_number: z.string().nullable().describe('Shown to the person called.'),
    allowed_countries: z.array(z.string()).nullable(),
    max_calls: z.number().int().nullable(),
    calls_per_second: z.number().nullable(),
  })
  .openapi('Trunk');

const number = z
  .string()
  .max(32)
  .transform((text, context) => {
    const read = parsePhoneNumber(text);
    if (!('problem' in read)) return read.e164;
    context.addIssue({ code: 'custom', message: read.message });
    return z.NEVER;
  })
  .openapi({ type: 'string', example: '+14155550100' });

const name = z.string().trim().min(1).max(100);
const agent = z.string().min(1).max(100);
const credentials = {
  username: z.string().min(1).max(200).optional(),
  password: z.string().min(1).max(200).optional().describe('Kept by LiveKit; never told again.'),
};
const settings = {
  from_number: number.nullable().describe('Shown to the person called; the first of `numbers` by default.'),
  allowed_countries: z
    .array(z.string().regex(/^[A-Z]{2}$/, 'Send ISO codes such as US'))
    .min(1)
    .max(250)
    .nullable()
    .describe('Countries that may be called over it; null: the operator’s, else that of `from_number`.'),
  max_calls: z.number().int().min(1).max(100_000).nullable().describe('Calls at once; null: the operator’s.'),
  calls_per_second: z.number().min(0.01).max(1000).nullable().describe('New calls per second; null: the operator’s.'),
};

const outbound = strict({
  direction: z.literal('outbound'),
  name,
  address: z
    .string()
    .max(255)
    .regex(/^(sips?:)?[a-z0-9.-]+(:\d{1,5})?$/i, 'Send the host of the carrier, such as name.pstn.twilio.com')
    .openapi({ example: 'name.pstn.twilio.com' }),
  numbers: z.array(number).min(1).max(1000),
  ...credentials,
  transport: z.enum(['auto', 'udp', 'tcp', 'tls']).default('auto'),
  from_number: settings.from_number.optional(),
  allowed_countries: settings.allowed_countries.optional(),
  max_calls: settings.max_calls.optional(),
  calls_per_second: settings.calls_per_second.optional(),
}).openapi('CreateOutboundTrunk');

const inbound = strict({
  direction: z.literal('inbound'),
  name,
  numbers: z.array(number).min(1).max(1000).describe('The numbers that `agent` answers.'),
  agent,
  allowed_addresses: z.array(z.string().min(1).max(100)).max(100).optional().describe('IP addresses or ranges.'),
  ...credentials,
}).openapi('CreateInboundTrunk');

const createRoute = apiRoute('admin', {
  method: 'post',
  path: '/api/trunks',
  summary: 'Make a trunk in LiveKit',
  description:
    'Outbound: a carrier to call over. Inbound: numbers that reach us, and the agent that answers them; make one per agent.',
  request: { body: jsonBody(z.discriminatedUnion('direction', [outbound, inbound]).openapi('CreateTrunk')) },
  responses: { 201: json(trunkSchema, 'The trunk.'), ...notFound, ...conflict, ...bodyProblems },
});

const listRoute = apiRoute('admin', {
  method: 'get',
  path: '/api/trunks',
  summary: 'The trunks of this tenant',
  responses: { 200: json(z.object({ trunks: z.array(trunkSchema) }).openapi('Trunks'), 'Oldest first.') },
});

const getRoute = apiRoute('admin', {
  method: 'get',
  path: '/api/trunks/{id}',
  summary: 'One trunk',
  request: { params: idParam },
  responses: { 200: json(trunkSchema, 'The trunk.'), ...notFound },
});

const changeRoute = apiRoute('admin', {
  method: 'patch',
  path: '/api/trunks/{id}',
  summary: 'Change what is set for a trunk, or who answers it',
  description: 'Fields that are left out keep their value.',
  request: {
    params: idParam,
    body: jsonBody(
      strict({
        agent: agent.optional().describe('Inbound: who answers from the next call on.'),
        from_number: settings.from_number.optional(),
        allowed_countries: settings.allowed_countries.optional(),
        max_calls: settings.max_calls.optional(),
        calls_per_second: settings.calls_per_second.optional(),
      }).openapi('ChangeTrunk'),
    ),
  },
  responses: { 200: json(trunkSchema, 'The trunk as it is now.'), ...notFound, ...conflict, ...bodyProblems },
});

const deleteRoute = apiRoute('admin', {
  method: 'delete',
  path: '/api/trunks/{id}',
  summary: 'Delete a trunk from LiveKit',
  description: 'Calls that are running go on.',
  request: { params: idParam },
  responses: { 204: { description: 'It is gone, with its dispatch rule.' }, ...notFound },
});

export function trunkRoutes(deps: HttpDependencies) {
  return new OpenAPIHono<ApiEnv>()
    .openapi(createRoute, async (c) => {
      const made = await createTrunk(requestOf(c.req.valid('json'), c.get('key').tenantId), deps);
      c.set('auditTarget', made.settings.trunkId);
      return c.json(trunkJson(made), 201);
    })
    .openapi(listRoute, async (c) => {
      const list = await tenantTrunks(c.get('key').tenantId, deps);
      return c.json({ trunks: list.map(trunkJson) }, 200);
    })
    .openapi(getRoute, async (c) => {
      const which = { id: c.req.valid('param').id, tenantId: c.get('key').tenantId };
      return c.json(trunkJson(await tenantTrunk(which, deps)), 200);
    })
    .openapi(changeRoute, async (c) => {
      const request = {
        id: c.req.valid('param').id,
        tenantId: c.get('key').tenantId,
        change: changeOf(c.req.valid('json')),
      };
      return c.json(trunkJson(await changeTrunk(request, deps)), 200);
    })
    .openapi(deleteRoute, async (c) => {
      await deleteTrunk({ id: c.req.valid('param').id, tenantId: c.get('key').tenantId }, deps);
      return c.body(null, 204);
    });
}

function requestOf(body: z.output<typeof outbound> | z.output<typeof inbound>, tenantId: string): TrunkRequest {
  if (body.direction === 'inbound') {
    const { allowed_addresses: allowedAddresses, agent: answers, ...line } = body;
    return { tenantId, line: { ...line, allowedAddresses }, agent: answers };
  }
  const { from_number, allowed_countries, max_calls, calls_per_second, ...line } = body;
  return {
    tenantId,
    line,
    fromNumber: from_number ?? null,
    limits: {
      allowedCountries: allowed_countries ?? null,
      maxCalls: max_calls ?? null,
      callsPerSecond: calls_per_second ?? null,
    },
  };
}

function changeOf(
  body: z.output<(typeof changeRoute.request.body.content)['application/json']['schema']>,
): TrunkChange {
  return {
    ...(body.agent !== undefined && { agent: body.agent }),
    ...(body.from_number !== undefined && { fromNumber: body.from_number }),
    ...(body.allowed_countries !== undefined && { allowedCountries: body.allowed_countries }),
    ...(body.max_calls !== undefined && { maxCalls: body.max_calls }),
    ...(body.calls_per_second !== undefined && { callsPerSecond: body.calls_per_second }),
  };
}

function trunkJson({ settings: set, line, rule }: TenantTrunk): z.infer<typeof trunkSchema> {
  return {
    trunk_id: set.trunkId,
    direction: set.direction,
    name: line?.name ?? null,
    exists: line !== undefined,
    numbers: line?.numbers ?? [],
    address: line?.direction === 'outbound' ? line.address : null,
    allowed_addresses: line?.direction === 'inbound' ? line.allowedAddresses : null,
    agent: rule?.metadata.agent ?? set.agent,
    from_number: set.fromNumber,
    allowed_countries: set.allowedCountries,
    max_calls: set.maxCalls,
    calls_per_second: set.callsPerSecond,
  };
}

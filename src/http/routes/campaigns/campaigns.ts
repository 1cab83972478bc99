import { OpenAPIHono, z } from '@hono/zod-openapi';
import { addRecipients } from '../../../calls/campaigns/add-recipients.ts';
import { campaignStates, type Campaign } from '../../../calls/campaigns/campaign.ts';
import {
  type CampaignCommand,
  campaignCommandNames,
  controlCampaign,
} from '../../../calls/campaigns/control-campaign.ts';
import { createCampaign, planCampaign } from '../../../calls/campaigns/create-campaign.ts';
import { findCampaign } from '../../../calls/campaigns/find-campaign.ts';
import { previewCampaign } from '../../../calls/campaigns/preview-campaign.ts';
import { CallError } from '../../../calls/errors.ts';
import { campaignFields, campaignRequestOf } from '../../shapes/campaign-fields.ts';
import {
  additionJson,
  additionSchema,
  campaignDetailJson,
  campaignDetailSchema,
  campaignJson,
  campaignSchema,
  forecastJson,
  forecastSchema,
} from '../../shapes/campaign-json.ts';
import { candidatesIn } from '../../candidates.ts';
import type { ApiEnv, HttpDependencies } from '../../dependencies.ts';
import { idempotencyKey } from '../../shapes/dispatch-fields.ts';
import { originOf } from '../../origin.ts';
import { checkScope } from '../../door/require-scope.ts';
import { apiRoute, bodyProblems, conflict, idParam, json, jsonBody, notFound, paging, strict } from '../../route.ts';

const previewSchema = forecastSchema
  .extend({ dry_run: z.literal(true), ...additionSchema.omit({ added: true }).shape })
  .openapi('CampaignPreview');

const createRoute = apiRoute('calls:write', {
  method: 'post',
  path: '/api/campaigns',
  summary: 'Create a campaign: one order for many people',
  description:
    'It calls nobody until it is started. Add people now (`recipients`, `leads`) or later, also from CSV. With an `Idempotency-Key`, sending the same order again returns the same campaign. `leads` needs the scope `leads:read` too.',
  request: {
    headers: z.object({ 'idempotency-key': idempotencyKey.optional() }),
    body: jsonBody(campaignFields),
  },
  responses: {
    200: json(previewSchema, 'What a `dry_run` would have done.'),
    201: json(campaignDetailSchema.extend(additionSchema.shape).openapi('CreatedCampaign'), 'Created.'),
    ...notFound,
    ...conflict,
    ...bodyProblems,
  },
});

const listRoute = apiRoute('calls:read', {
  method: 'get',
  path: '/api/campaigns',
  summary: 'List campaigns, newest first',
  request: { query: strict({ status: z.enum(campaignStates).optional(), ...paging }) },
  responses: {
    200: json(
      z.object({ campaigns: z.array(campaignSchema), next_cursor: z.string().nullable() }).openapi('Campaigns'),
      'A page.',
    ),
  },
});

const getRoute = apiRoute('calls:read', {
  method: 'get',
  path: '/api/campaigns/{id}',
  summary: 'One campaign with its progress',
  request: { params: idParam },
  responses: { 200: json(campaignDetailSchema, 'The campaign.'), ...notFound },
});

const deleteRoute = apiRoute('calls:write', {
  method: 'delete',
  path: '/api/campaigns/{id}',
  summary: 'Delete a campaign that is over or was never started',
  description: 'Its recipients go with it; its calls stay.',
  request: { params: idParam },
  responses: { 204: { description: 'It is gone.' }, ...notFound, ...conflict },
});

const commandRoute = apiRoute('calls:write', {
  method: 'post',
  path: '/api/campaigns/{id}/{command}',
  summary: 'Start, pause, resume or cancel a campaign',
  description:
    'Once `pause` or `cancel` has answered, no phone is dialled for it; calls that already ring or were answered continue. Repeating a command changes nothing.',
  request: {
    params: idParam.extend({
      command: z.enum(campaignCommandNames).openapi({ param: { name: 'command', in: 'path' } }),
    }),
  },
  responses: { 200: json(campaignDetailSchema, 'As it is now.'), ...notFound, ...conflict },
});

export function campaignRoutes(deps: HttpDependencies) {
  const { campaigns } = deps;
  const detail = async (campaign: Campaign, origin: string) =>
    campaignDetailJson(campaign, await campaigns.progress(campaign.id), origin);
  return new OpenAPIHono<ApiEnv>()
    .openapi(createRoute, async (c) => {
      const body = c.req.valid('json');
      const { tenantId, id: keyId } = c.get('key');
      const name = c.req.valid('header')['idempotency-key'];
      if (body.leads) checkScope(c.get('key'), 'leads:read');
      const planned = await planCampaign(campaignRequestOf(body, tenantId), deps, name && `${keyId}:${name}`);
      const people = candidatesIn(body, planned, deps);
      if (body.dry_run) {
        const { duplicates, rejections, ...seen } = await previewCampaign(planned, people, deps);
        const addition = additionJson({ added: 0, duplicates, rejected: rejections.length, rejections });
        const { added: _added, ...refused } = addition;
        return c.json({ dry_run: true as const, ...forecastJson(seen), ...refused }, 200);
      }
      let campaign = await createCampaign(planned, deps);
      c.set('auditTarget', campaign.id);
      const addition = await addRecipients(campaign, people, deps);
      if (body.start) campaign = await controlCampaign({ id: campaign.id, tenantId, command: 'start' }, deps);
      const created = await detail(campaign, originOf(c, deps.publicUrl));
      return c.json({ ...created, ...additionJson(addition) }, 201);
    })
    .openapi(listRoute, async (c) => {
      const { status, cursor, limit } = c.req.valid('query');
      const { tenantId } = c.get('key');
      const page = await campaigns.listCampaigns({
        tenantId,
        limit,
        ...(status && { state: status }),
        ...(cursor && { cursor }),
      });
      const origin = originOf(c, deps.publicUrl);
      return c.json(
        { campaigns: page.campaigns.map((each) => campaignJson(each, origin)), next_cursor: page.nextCursor },
        200,
      );
    })
    .openapi(getRoute, async (c) => {
      const which = { id: c.req.valid('param').id, tenantId: c.get('key').tenantId };
      return c.json(await detail(await findCampaign(which, deps), originOf(c, deps.publicUrl)), 200);
    })
    .openapi(deleteRoute, async (c) => {
      const which = { id: c.req.valid('param').id, tenantId: c.get('key').tenantId };
      if (await campaigns.deleteCampaign(which.id, which.tenantId)) return c.body(null, 204);
      const { state } = await findCampaign(which, deps);
      throw new CallError('campaign_state', `The campaign is ${state}. Cancel it first.`, { details: { state } });
    })
    .openapi(commandRoute, async (c) => {
      const { id, command } = c.req.valid('param') as { id: string; command: CampaignCommand };
      const campaign = await controlCampaign({ id, tenantId: c.get('key').tenantId, command }, deps);
      return c.json(await detail(campaign, originOf(c, deps.publicUrl)), 200);
    });
}

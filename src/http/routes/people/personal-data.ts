import { OpenAPIHono, z } from '@hono/zod-openapi';
import { finalReport, reportParts } from '../../../calls/end/final-report.ts';
import { CallError } from '../../../calls/errors.ts';
import type { Person } from '../../../calls/personal-data/personal-data-ports.ts';
import { parsePhoneNumber } from '../../../../telephony/index.ts';
import { callJson } from '../../shapes/call-json.ts';
import { recipientStates } from '../../../calls/campaigns/campaign.ts';
import type { ApiEnv, HttpDependencies } from '../../dependencies.ts';
import { leadJson, leadSchema } from '../../shapes/lead-json.ts';
import { originOf } from '../../origin.ts';
import { apiRoute, bodyProblems, json, jsonBody, strict } from '../../route.ts';
import { entryJson, entrySchema } from './do-not-call.ts';

/** Of one person; somebody with more is told so. */
const mostCalls = 500;

const personFields = {
  phone_number: z.string().min(1).max(32).optional().openapi({ example: '+14155552671' }),
  email: z.email().max(254).optional().openapi({ type: 'string', format: 'email' }),
};

const eraseRoute = apiRoute('admin', {
  method: 'post',
  path: '/api/erasures',
  summary: 'Erase everything about a person, by number or email',
  description:
    'Erases the calls with this number or lead (numbers, words, recordings, variables, metadata, messages, addresses of webhooks), and deletes the leads. An email also finds the calls with the number of its lead. What was counted and what may not be called stay, as keyed hashes.',
  request: { body: jsonBody(strict(personFields).openapi('ErasePerson')) },
  responses: {
    200: json(
      z
        .object({
          calls_erased: z.number().int(),
          leads_deleted: z.number().int(),
          open_calls: z.array(z.string()).describe('Calls that have not ended, and stay. Erase again after their end.'),
        })
        .openapi('Erasure'),
      'What was erased.',
    ),
    ...bodyProblems,
  },
});

const exportRoute = apiRoute('admin', {
  method: 'get',
  path: '/api/personal-data',
  summary: 'Everything that is held about a person, by number or email',
  request: { query: strict(personFields) },
  responses: {
    200: json(
      z
        .object({
          leads: z.array(leadSchema),
          calls: z.array(z.record(z.string(), z.unknown())).describe('Each with its report.'),
          more_calls: z.boolean().describe(`There are more than the newest ${mostCalls}.`),
          do_not_call: z.array(entrySchema),
          campaigns: z
            .array(
              z.object({
                campaign_id: z.string(),
                name: z.string(),
                phone_number: z.string().nullable(),
                variables: z.record(z.string(), z.string()),
                status: z.enum(recipientStates),
              }),
            )
            .describe('Campaigns that have the person on their list.'),
        })
        .openapi('PersonalData'),
      'What is held.',
    ),
  },
});

const retentionSchema = z
  .object({
    audio_days: z.number().int().nullable(),
    words_days: z.number().int().nullable(),
    calls_days: z.number().int().nullable(),
    leads_days: z.number().int().nullable(),
    runs: z
      .array(
        z.object({
          recordings_deleted: z.number().int(),
          words_erased: z.number().int(),
          calls_deleted: z.number().int(),
          leads_deleted: z.number().int(),
          at: z.iso.datetime(),
        }),
      )
      .describe('What was deleted, newest first.'),
  })
  .openapi('Retention');

const days = (least: number) => z.number().int().min(least).max(36_500).nullable();

const getRetention = apiRoute('admin', {
  method: 'get',
  path: '/api/retention',
  summary: 'How long calls and leads are kept, and what was deleted',
  responses: { 200: json(retentionSchema, 'The retention of this tenant.') },
});

const putRetention = apiRoute('admin', {
  method: 'put',
  path: '/api/retention',
  summary: 'Set how long calls and leads are kept',
  request: {
    body: jsonBody(
      strict({
        audio_days: days(1)
          .default(null)
          .describe('Days after its end until the recordings of a call are deleted; null: with its words.'),
        words_days: days(1).describe('Days after its end until nothing of what was said is kept; null: indefinitely.'),
        calls_days: days(2).describe('Days after its end until the call is deleted whole; null: never.'),
        leads_days: days(1)
          .default(null)
          .describe('Days since a lead was last changed or called until it is deleted; null: never.'),
      }).openapi('SetRetention'),
    ),
  },
  responses: { 200: json(retentionSchema, 'What is past its time is deleted within minutes.'), ...bodyProblems },
});

export function personalDataRoutes(deps: HttpDependencies) {
  const { personalData } = deps;
  const retentionOf = async (tenantId: string) => {
    const [{ audioDays, wordsDays, callsDays, leadsDays }, runs] = await Promise.all([
      personalData.retention(tenantId),
      personalData.retentionRuns(tenantId, 50),
    ]);
    return {
      audio_days: audioDays,
      words_days: wordsDays,
      calls_days: callsDays,
      leads_days: leadsDays,
      runs: runs.map(({ recordingsDeleted, wordsErased, callsDeleted, leadsDeleted, at }) => ({
        recordings_deleted: recordingsDeleted,
        words_erased: wordsErased,
        calls_deleted: callsDeleted,
        leads_deleted: leadsDeleted,
        at: at.toISOString(),
      })),
    };
  };
  return new OpenAPIHono<ApiEnv>()
    .openapi(eraseRoute, async (c) => {
      const erased = await personalData.erase(c.get('key').tenantId, personOf(c.req.valid('json')));
      const { calls, leads, openCalls } = erased;
      return c.json({ calls_erased: calls, leads_deleted: leads, open_calls: openCalls }, 200);
    })
    .openapi(exportRoute, async (c) => {
      const held = await personalData.held(c.get('key').tenantId, personOf(c.req.valid('query')), mostCalls);
      const origin = originOf(c, deps.publicUrl);
      const calls: Record<string, unknown>[] = [];
      for (const call of held.calls) {
        const report = finalReport(call, await reportParts(call.id, deps));
        calls.push({ ...callJson(call, origin), report });
      }
      return c.json(
        {
          leads: held.leads.map(leadJson),
          calls,
          more_calls: held.moreCalls,
          do_not_call: held.doNotCall.map(entryJson),
          campaigns: held.campaigns.map(({ campaignId, name, phoneNumber, variables, state }) => ({
            campaign_id: campaignId,
            name,
            phone_number: phoneNumber,
            variables,
            status: state,
          })),
        },
        200,
      );
    })
    .openapi(getRetention, async (c) => c.json(await retentionOf(c.get('key').tenantId), 200))
    .openapi(putRetention, async (c) => {
      const body = c.req.valid('json');
      const { tenantId } = c.get('key');
      await personalData.setRetention(tenantId, {
        audioDays: body.audio_days,
        wordsDays: body.words_days,
        callsDays: body.calls_days,
        leadsDays: body.leads_days,
      });
      return c.json(await retentionOf(tenantId), 200);
    });
}

function personOf({ phone_number, email }: { phone_number?: string | undefined; email?: string | undefined }): Person {
  if ((phone_number === undefined) === (email === undefined))
    throw new CallError('invalid_request', 'Send either `phone_number` or `email`.', { field: 'phone_number' });
  if (email !== undefined) return { email };
  const number = parsePhoneNumber(phone_number!);
  // What a carrier reported about a caller need not be a number that its country gives out.
  return { phoneNumber: 'problem' in number ? phone_number!.trim() : number.e164 };
}

import { createHash } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import { parsePhoneNumber } from '../../../../telephony/index.ts';
import { callStates } from '../../../calls/call-state.ts';
import { getCall } from '../../../calls/get-call.ts';
import { planCall } from '../../../calls/place/place-call.ts';
import { placeOnce } from '../../../calls/place/place-once.ts';
import { dispatchFields, idempotencyKey } from '../../shapes/dispatch-fields.ts';
import { accepted, acceptedSchema, preview, previewSchema, requestOf } from '../../shapes/dispatch-json.ts';
import { checkScope } from '../../door/require-scope.ts';
import { strict } from '../../route.ts';
import { defineTool } from '../tool.ts';

// Left out: addresses, since whoever talks an assistant into it could have the transcript sent to theirs, and what the call
// runs on, which is the operator's choice.
const {
  webhook: _webhook,
  resume_url: _resumeUrl,
  pipeline: _pipeline,
  trunk_id: _trunkId,
  ...fields
} = dispatchFields.shape;

export const placeCallTool = defineTool({
  name: 'place_call',
  title: 'Place a phone call',
  description:
    'Rings a real phone and lets an agent of list_agents talk to whoever answers. Answers at once, with the call_id; get_call returns the outcome. Safe to repeat: the same call is placed once, and a repetition answers with the call there is. dry_run makes every check and calls nobody.',
  scope: 'calls:write',
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
  input: strict({
    ...fields,
    idempotency_key: idempotencyKey
      .optional()
      .describe(
        'A name for this one call, such as reminder-ada-2026-05-04. For 24 hours the same name never rings twice. Without it the number is the name: a second call to it needs a name of its own.',
      ),
  }),
  output: z.object({
    ...previewSchema.partial().shape,
    ...acceptedSchema.partial().shape,
    status: z.enum(callStates),
    replayed: z.boolean().describe('True: this call was placed before, and nobody was called now.'),
    next: z.string().describe('What to do now.'),
  }),
  async run({ idempotency_key: name, ...order }, { deps, key, origin, traceparent }) {
    const { id: keyId, tenantId } = key;
    if (typeof order.lead === 'object') checkScope(key, 'leads:write');
    const request = requestOf(order, { tenantId, traceparent });
    if (order.dry_run) {
      const next = 'Nobody was called. Send the same without dry_run to place the call.';
      return { result: { ...preview(await planCall(request, deps)), replayed: false, next }, changed: null };
    }
    const to = e164(order.to);
    const { response, replayed } = await placeOnce(
      {
        request,
        once: {
          id: `${keyId}:${name ?? `call-to:${to}`}`,
          requestHash: createHash('sha256')
            .update(`place_call\n${canonicalJson({ ...order, to })}`)
            .digest('hex'),
          field: 'idempotency_key',
          conflict: name
            ? 'This idempotency_key was used for another request. Send a new one with a new request.'
            : `Another call to ${to} was placed within 24 hours; list_calls shows it. If a second one is meant, send an idempotency_key.`,
        },
        answer: (id, planned) => ({ status: 202, body: accepted(id, planned, origin) }),
      },
      deps,
    );
    const placed = response.body as z.output<typeof acceptedSchema>;
    if (!replayed) {
      const next = 'Call get_call with this call_id and wait_seconds until its status is ended.';
      return { result: { ...placed, replayed, next }, changed: placed.call_id };
    }
    const { call_id, status_url } = placed;
    const { state: status } = await getCall(deps.calls, { id: call_id, tenantId });
    const next =
      'This call was placed before, and nobody was called now. get_call returns the outcome. If another call is meant, send an idempotency_key that was not used.';
    return { result: { call_id, status, status_url, replayed, next }, changed: null };
  },
});

/** Two ways of writing a number are one number; what is none is refused when the call is planned. */
function e164(text: string): string {
  const number = parsePhoneNumber(text);
  return 'problem' in number ? text : number.e164;
}

/** The same for the same content, in whichever order its fields were sent. */
function canonicalJson(content: unknown): string {
  return JSON.stringify(content, (_name, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

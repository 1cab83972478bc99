import type { WantedPipeline } from '../../../pipelines/index.ts';
import { parsePhoneNumber } from '../../../telephony/index.ts';
import type { AdmissionFacts } from '../admission/facts.ts';
import { longestCarrierUsd, longestMinutes } from '../admission/carrier-dial.ts';
import { judgeCall, momentaryRules, type Verdict, verdictsOn } from '../admission/judge-call.ts';
import type { Call, CallLimits } from '../call.ts';
import type { CallPlan } from './call-plan.ts';
import { checkVariables } from './check-variables.ts';
import { turnInLine } from './wait-in-line.ts';
import { checkedPipeline } from './choose-pipeline.ts';
import { adoptTrunk } from '../trunks/adopt-trunk.ts';
import { checkFromNumber } from '../trunks/check-from-number.ts';
import { chooseTrunk, type Trunk } from '../trunks/choose-trunk.ts';
import type { SipTrunks } from '../trunks/trunk-ports.ts';
import type { AdmissionStore, TrunkSettingsStore } from '../admission/dispatch-ports.ts';
import { CallError } from '../errors.ts';
import { getAgent } from '../agents/get-agent.ts';
import type { OperatorRules } from '../admission/operator-rules.ts';
import { operatorWindows } from '../admission/operator-window.ts';
import type {
  AcceptedKey,
  AgentDirectory,
  AuditLog,
  CallStore,
  CallWebhook,
  LeadStore,
  LeadUpsert,
  NewCall,
  NewEvent,
  PipelineDirectory,
} from '../ports.ts';

export type CallRequest = {
  tenantId: string;
  /** The person called: E.164, or near enough to be read as such. */
  to: string;
  agent: string;
  from?: string | undefined;
  trunkId?: string | undefined;
  playbook?: string | undefined;
  variables: Record<string, string>;
  pipeline?: WantedPipeline | undefined;
  metadata: Record<string, unknown>;
  /** The id of a lead, or a lead to create or update. */
  lead?: string | LeadUpsert | undefined;
  notBefore?: Date | undefined;
  plan: CallPlan;
  limits: CallLimits;
  webhooks: CallWebhook[];
};

/** What will become of a request: the row, and how many calls of the tenant go before it when it has to wait. */
export type PlannedCall = {
  call: Omit<NewCall, 'id' | 'leadId'>;
  position: number | undefined;
  verdicts: readonly Verdict[];
  /** No line is free for it. */
  full: boolean;
};

export type PlaceCallDependencies = {
  calls: CallStore;
  agents: AgentDirectory;
  pipelines: PipelineDirectory;
  leads: LeadStore;
  audit: AuditLog;
  admission: Pick<AdmissionStore, 'figures'>;
  trunks: Pick<TrunkSettingsStore, 'listRecent' | 'listClaimed' | 'save'>;
  sipTrunks: Pick<SipTrunks, 'list'>;
  rules: OperatorRules;
};

/** What is asked before anything is written. */
export type PlanCallDependencies = Omit<PlaceCallDependencies, 'calls' | 'audit'>;

/**
 * Runs every check that can be made before the call is accepted. Nothing is written.
 * @throws CallError `agent_not_found`, `pipeline_not_found`, `pipeline_not_configured`, `invalid_variables`,
 *   `invalid_request`, `invalid_number`, `trunk_not_configured`, `lead_not_found`, `blocked`
 */
export async function planCall(request: CallRequest, deps: PlanCallDependencies): Promise<PlannedCall> {
  const { tenantId, plan } = request;
  const agent = getAgent(deps.agents, request.agent);
  const { message } = plan.voicemail ?? {};
  checkVariables({ agent, variables: request.variables, playbook: request.playbook, message });
  if (plan.voicemail?.action === 'leave_message' && !message && !agent.voicemail.message)
    throw new CallError('invalid_request', `The agent ${agent.name} has no message to leave. Send \`message\`.`, {
      field: 'voicemail.message',
    });
  const choice = { agent, asked: request.pipeline, pipelines: deps.pipelines };
  const { pipeline, pipelineOverrides } = await checkedPipeline(choice);
  const to = readNumber(request.to, 'to');
  const trunk = await lineOf(request, deps);
  if (typeof request.lead === 'string' && !(await deps.leads.findLead(request.lead, tenantId)))
    throw new CallError('lead_not_found', 'There is no such lead. GET /api/leads lists them.', { field: 'lead' });

  const now = new Date();
  const due = request.notBefore && request.notBefore > now ? request.notBefore : now;
  const maxMinutes = longestMinutes(request.limits.maxMinutes, agent, deps.rules);
  const figures = await deps.admission.figures({ tenantId, trunkId: trunk.id, phoneNumber: to });
  const facts = {
    now: due,
    agent: agent.name,
    agents: deps.agents,
    to,
    trunk,
    plan,
    operatorWindows: await operatorWindows(deps.rules.callingWindow, to),
    figures,
    carrierUsd: longestCarrierUsd(to, maxMinutes, deps.rules),
    rules: deps.rules,
  } satisfies AdmissionFacts;
  const asked = due > now ? { except: momentaryRules } : {};
  const objection = judgeCall(facts, asked);
  const verdicts = verdictsOn(facts, asked);
  if (objection && 'refused' in objection) throw refusal({ ...objection, verdicts });
  const notBefore = objection && 'waitUntil' in objection ? objection.waitUntil : due > now ? due : null;
  const full = objection !== undefined && 'full' in objection;
  const position = !notBefore && (full || figures.tenantQueued > 0) ? figures.tenantQueued : undefined;
  return {
    call: {
      tenantId,
      direction: 'outbound',
      state: notBefore ? 'scheduled' : 'queued',
      agent: agent.name,
      pipeline,
      pipelineOverrides,
      phoneNumber: to,
      fromNumber: trunk.fromNumber,
      trunkId: trunk.id,
      playbook: request.playbook ?? null,
      variables: request.variables,
      metadata: request.metadata,
      limits: { ...request.limits, maxMinutes },
      plan,
      notBefore,
      // Those before it let it in when its turn comes; a job of its own, now, would only find that it has to wait.
      ...(position && { dispatchAt: turnInLine(position) }),
      webhooks: request.webhooks,
      // Asked again while it is written, when nobody else counts; a call of a later day is asked when it is dialled.
      ...(!notBefore && { counted: { attemptsPerNumberPerDay: deps.rules.attemptsPerNumberPerDay } }),
    },
    position,
    verdicts,
    full,
  };
}

/**
 * Writes the planned call with its job, in one transaction: from here on it is never lost. Null: another request has the key.
 * @throws CallError `blocked`, when others were faster and the number was called often enough
 */
export async function placeCall(
  placed: { id: string; planned: PlannedCall; lead: CallRequest['lead']; audit: NewCall['audit']; key?: AcceptedKey },
  deps: Pick<PlaceCallDependencies, 'calls' | 'leads' | 'audit'>,
): Promise<Call | null> {
  const { id, planned, lead, audit, key } = placed;
  const { tenantId, state, notBefore } = planned.call;
  const leadId = typeof lead === 'object' ? await keepLead(lead, { tenantId, audit, deps }) : lead;
  const call = { ...planned.call, id, leadId: leadId ?? null, ...(audit && { audit }) };
  const event: NewEvent =
    state === 'queued'
      ? { type: 'call.queued' }
      : { type: 'call.state', data: { state, not_before: notBefore?.toISOString() } };
  return key ? deps.calls.insertCallOnce(call, event, key) : deps.calls.insertCall(call, event);
}

/** Who changes a lead by a call is in the audit log, as whoever changes it by itself. */
async function keepLead(
  lead: LeadUpsert,
  of: { tenantId: string; audit: NewCall['audit']; deps: Pick<PlaceCallDependencies, 'leads' | 'audit'> },
): Promise<string> {
  const { tenantId, audit, deps } = of;
  const [kept] = await deps.leads.upsertLeads(tenantId, [lead]);
  const target = kept!.lead.id;
  if (audit) await deps.audit.record({ ...audit, tenantId, target, action: `${audit.action} lead` });
  return target;
}

/**
 * The trunk of a call, with the number that it shows.
 * @throws CallError `trunk_not_configured`, `invalid_request`
 */
export async function lineOf(
  { tenantId, trunkId, from }: Pick<CallRequest, 'tenantId' | 'trunkId' | 'from'>,
  deps: Pick<PlaceCallDependencies, 'trunks' | 'sipTrunks' | 'rules'>,
): Promise<Trunk> {
  const { rules } = deps;
  const own = await deps.trunks.listRecent(tenantId);
  const isUnknown = trunkId !== undefined && trunkId !== rules.trunkId && !own.some((each) => each.trunkId === trunkId);
  const adopted = isUnknown ? await adoptTrunk({ tenantId, trunkId }, deps) : undefined;
  const trunk = chooseTrunk({ trunkId }, { own: adopted ? [...own, adopted] : own, rules });
  return from === undefined ? trunk : { ...trunk, fromNumber: await checkFromNumber(from, { ...deps, trunk }) };
}

function readNumber(text: string, field: string): string {
  const number = parsePhoneNumber(text);
  if ('problem' in number) throw new CallError('invalid_number', number.message, { field });
  return number.e164;
}

function refusal({
  rule,
  refused,
  verdicts,
}: {
  rule: string;
  refused: string;
  verdicts: readonly Verdict[];
}): CallError {
  const field = rule === 'calling_window' ? 'schedule' : 'to';
  return new CallError('blocked', refused, { field, details: { rule, rules: verdicts } });
}

import { setImmediate as others } from 'node:timers/promises';
import { type CallingWindow, nextCommonOpening } from '../admission/calling-window.ts';
import { longestCarrierUsd, longestMinutes } from '../admission/carrier-dial.ts';
import { judgeCall, momentaryRules } from '../admission/judge-call.ts';
import { operatorWindows } from '../admission/operator-window.ts';
import { nothingCounted } from '../admission/permit-dial.ts';
import { getAgent } from '../agents/get-agent.ts';
import { lineOf, type PlanCallDependencies } from '../place/place-call.ts';
import type { Trunk } from '../trunks/choose-trunk.ts';
import type { Campaign, Recipient } from './campaign.ts';
import type { CampaignStore } from './campaign-ports.ts';
import { planOfCampaign } from './place-recipient.ts';

/** When somebody would be called, or which rule forbids it and why. */
export type ForecastEntry = { position: number; phoneNumber: string } & (
  | { at: Date }
  | { at: null; rule: string; reason: string }
);

export type Forecast = {
  entries: ForecastEntry[];
  /** How long a call was taken to last, seconds; `measured`: as the agent's last ones did. */
  callSeconds: number;
  measured: boolean;
  /** Calls at once. */
  callsAtOnce: number;
};

export type ForecastDependencies = Pick<PlanCallDependencies, 'agents' | 'trunks' | 'sipTrunks' | 'rules'> & {
  campaigns: Pick<CampaignStore, 'listForbidden' | 'averageCallSeconds'>;
};

type Planned = Pick<Campaign, 'tenantId' | 'order' | 'notBefore' | 'notAfter' | 'pacing'>;
type Waiting = Pick<Recipient, 'position' | 'dueAt'> & { phoneNumber: string };

/** Taken where an agent has called nobody yet. */
const usualCallSeconds = 60;
/** After so many others come first. */
const judgedAtOnce = 50;

/**
 * Who would be called when, who not and why, by the rules of this moment. The times are those of the first attempts, in the
 * campaign's pace, if no other call needs a place.
 * @throws CallError `agent_not_found`, `trunk_not_configured`
 */
export async function forecast(
  campaign: Planned,
  waiting: readonly Waiting[],
  deps: ForecastDependencies,
): Promise<Forecast> {
  const { tenantId, order } = campaign;
  getAgent(deps.agents, order.agent);
  const trunk = await lineOf({ tenantId, trunkId: order.trunkId, from: order.from }, deps);
  const [average, forbidden] = await Promise.all([
    deps.campaigns.averageCallSeconds(tenantId, order.agent),
    deps.campaigns.listForbidden(
      tenantId,
      waiting.map(({ phoneNumber }) => phoneNumber),
    ),
  ]);
  const callSeconds = average ?? usualCallSeconds;
  const callsAtOnce = Math.max(
    1,
    Math.min(campaign.pacing.maxCalls, deps.rules.maxCalls - (deps.rules.reservedCalls ?? 0), trunk.maxCalls),
  );
  const now = new Date();
  const judged: Judged[] = [];
  for (const [index, recipient] of waiting.entries()) {
    if (index % judgedAtOnce === 0) await others();
    judged.push(
      await judge(recipient, { campaign, trunk, now, isForbidden: forbidden.has(recipient.phoneNumber) }, deps),
    );
  }
  const pace = { callSeconds, callsAtOnce, gapSeconds: gapOf(campaign, trunk), notAfter: campaign.notAfter };
  return { entries: inPace(judged, pace), callSeconds, callsAtOnce, measured: average !== null };
}

type Judged =
  | Exclude<ForecastEntry, { at: Date }>
  | { position: number; phoneNumber: string; at: Date; windows: CallingWindow[] };

async function judge(
  { position, phoneNumber, dueAt }: Waiting,
  of: { campaign: Planned; trunk: Trunk; now: Date; isForbidden: boolean },
  { agents, rules }: Pick<ForecastDependencies, 'agents' | 'rules'>,
): Promise<Judged> {
  const { campaign, trunk, now, isForbidden } = of;
  const { order, notBefore } = campaign;
  const due = [dueAt, notBefore].reduce((latest: Date, each) => (each && each > latest ? each : latest), now);
  const hours = await operatorWindows(rules.callingWindow, phoneNumber);
  const objection = judgeCall(
    {
      now: due,
      agent: order.agent,
      agents,
      to: phoneNumber,
      trunk,
      plan: planOfCampaign(campaign),
      operatorWindows: hours,
      figures: { ...nothingCounted, doNotCall: isForbidden },
      carrierUsd: longestCarrierUsd(
        phoneNumber,
        longestMinutes(order.limits.maxMinutes, getAgent(agents, order.agent), rules),
        rules,
      ),
      rules,
    },
    { except: momentaryRules },
  );
  if (objection && 'refused' in objection)
    return { position, phoneNumber, at: null, rule: objection.rule, reason: objection.refused };
  const at = objection && 'waitUntil' in objection ? objection.waitUntil : due;
  const { window } = order.plan;
  return { position, phoneNumber, at, windows: window ? [window, ...hours] : hours };
}

/** Seconds between two calls, at least. */
function gapOf({ pacing }: Planned, { callsPerSecond }: Trunk): number {
  return Math.max(1 / callsPerSecond, pacing.callsPerMinute === undefined ? 0 : 60 / pacing.callsPerMinute);
}

/** All calls last equally long, so the line that was taken first is free first. */
function inPace(
  judged: readonly Judged[],
  pace: { callSeconds: number; callsAtOnce: number; gapSeconds: number; notAfter: Date | null },
): ForecastEntry[] {
  const { callSeconds, callsAtOnce, gapSeconds, notAfter } = pace;
  const starts: number[] = [];
  const timed = new Map<number, ForecastEntry>();
  const callable = judged.flatMap((each) => ('windows' in each ? [each] : []));
  for (const { position, phoneNumber, at, windows } of callable.toSorted((a, b) => a.at.getTime() - b.at.getTime())) {
    const before = starts.at(-1);
    const lineFreeAt = (starts.at(-callsAtOnce) ?? -Infinity) + callSeconds * 1000;
    const isFull = starts.length >= callsAtOnce;
    const start = Math.max(
      at.getTime(),
      before === undefined ? 0 : before + gapSeconds * 1000,
      isFull ? lineFreeAt : 0,
    );
    const opens = nextCommonOpening(windows, new Date(start));
    if (!opens || (notAfter && opens >= notAfter)) {
      timed.set(position, {
        position,
        phoneNumber,
        at: null,
        rule: 'calling_window',
        reason: 'The time of the campaign is over before its turn comes.',
      });
      continue;
    }
    if (opens.getTime() === start) starts.push(start);
    timed.set(position, { position, phoneNumber, at: opens });
  }
  return judged.map((each) => ('windows' in each ? timed.get(each.position)! : each));
}

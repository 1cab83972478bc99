import type { Due } from '../ports.ts';
import { chooseTrunk, type Trunk } from '../trunks/choose-trunk.ts';
import { CallError } from '../errors.ts';
import { trippedBreaker } from './breaker.ts';
import type { PauseReason } from './campaign.ts';
import type { CampaignLook, CampaignRunStore } from './campaign-ports.ts';
import { mostAtOnce, paceAllowsAt, roomFor } from './pacing.ts';
import { placeRecipient, type PlaceRecipientDependencies } from './place-recipient.ts';
import { campaignOpensAt, settleAttempt } from './settle-attempts.ts';

export type RunCampaignDependencies = PlaceRecipientDependencies & {
  campaigns: CampaignRunStore;
  /** What is wrong with the file of an agent at the moment; undefined: nothing. */
  agentProblem: (name: string) => string | undefined;
  /** Waits until placing a call is nobody's loss. */
  giveWay: () => Promise<void>;
  /** Told of a campaign that paused by itself. */
  onPause: (paused: { campaignId: string; reason: PauseReason; detail: string }) => void;
};

/** Ends of its calls wake it; besides, it looks whether one was missed. */
const restMs = 30_000;
/** Others have the places: theirs may become free without a word to this campaign. */
const whileFullMs = 2_000;
const atOnceMs = 50;
/** Looked at in one go, where the hours of many numbers may be over. */
const mostLookedAt = 200;

/** The job of one campaign: settles the calls that ended, places the next ones and says when it comes again. */
export async function runCampaign(campaignId: string, deps: RunCampaignDependencies): Promise<void> {
  const { campaigns } = deps;
  const look = await campaigns.look(campaignId);
  if (!look) return;
  const dueAt = await settle(look, deps);
  const { state } = look.campaign;
  if (state === 'canceled') await campaigns.giveUpWaiting(campaignId, 'canceled', 'The campaign was canceled.');
  const isLost = state === 'completed' && dueAt !== null;
  if (isLost) await campaigns.reopen(campaignId);
  // There are more to settle than are listed at once.
  const more = look.ended.length >= mostLookedAt;
  const next = state === 'running' ? await goOn(look, dueAt, deps) : null;
  await campaigns.lookAgain(campaignId, more || isLost ? inMs(atOnceMs) : next);
}

/** When the first recipient that waits is due then; null: nobody waits. */
async function settle(look: CampaignLook, deps: RunCampaignDependencies): Promise<Date | null> {
  const { campaign, ended, now } = look;
  if (ended.length === 0) return look.nextDueAt;
  const of = { campaign, callingWindow: deps.rules.callingWindow, now };
  const settlements = await Promise.all(ended.map((each) => settleAttempt(each, of)));
  await deps.campaigns.settle(campaign.id, settlements);
  look.calling -= settlements.length;
  const waiting = settlements.flatMap(({ state, dueAt }) => (state === 'waiting' && dueAt ? [dueAt] : []));
  return [look.nextDueAt, ...waiting].reduce(earlier);
}

/** When it is looked at again. */
async function goOn(look: CampaignLook, dueAt: Date | null, deps: RunCampaignDependencies): Promise<Due | null> {
  const { campaigns, agentProblem } = deps;
  const { campaign, now } = look;
  const pause = async (why: { reason: PauseReason; detail: string }) => {
    await campaigns.pause(campaign.id, why);
    deps.onPause({ campaignId: campaign.id, ...why });
    return null;
  };
  if (dueAt === null) {
    if (look.calling > 0) return inMs(restMs);
    await campaigns.complete(campaign.id);
    return null;
  }
  const problem = agentProblem(campaign.order.agent);
  if (problem !== undefined) return pause({ reason: 'agent', detail: problem });
  const tripped = trippedBreaker(look);
  if (tripped) return pause(tripped);
  const opensAt = campaignOpensAt(campaign, now);
  if (!opensAt) {
    const detail = campaign.notAfter
      ? `It was not to call after ${campaign.notAfter.toISOString()}.`
      : 'Its window never opens.';
    await campaigns.giveUpWaiting(campaign.id, 'skipped', detail);
    return inMs(atOnceMs);
  }
  const later = latest(opensAt, dueAt);
  const waitMs = later.getTime() - now.getTime();
  if (waitMs > 0) return look.calling > 0 && waitMs > restMs ? inMs(restMs) : later;
  const line = await lineOf(look, deps);
  if ('reason' in line) return pause(line);
  const { maxCalls, reservedCalls = 0 } = deps.rules;
  const room = roomFor(look, { maxCalls, reservedCalls, trunkMaxCalls: line.maxCalls }, now);
  if (room === 0) return paceAllowsAt(look, now) ?? inMs(isItself(look) ? restMs : whileFullMs);
  const { placed, full, stopped } = await placeDue(look, room, deps);
  if (stopped) return pause(stopped);
  const { maxCalls: wanted, callsPerMinute } = campaign.pacing;
  if (look.calling + placed >= wanted) return inMs(restMs);
  if (callsPerMinute !== undefined && placed > 0) return inMs(60_000 / callsPerMinute);
  return inMs(full || (placed === room && placed < mostAtOnce) ? whileFullMs : atOnceMs);
}

/** It has all the calls that it wants at once: the end of one of them wakes it. */
const isItself = ({ campaign, calling, unattended }: CampaignLook) =>
  unattended === 0 && calling >= campaign.pacing.maxCalls;

async function lineOf(
  { campaign }: CampaignLook,
  deps: RunCampaignDependencies,
): Promise<Trunk | { reason: PauseReason; detail: string }> {
  try {
    const own = await deps.trunks.listRecent(campaign.tenantId);
    return chooseTrunk({ trunkId: campaign.order.trunkId }, { own, rules: deps.rules });
  } catch (error) {
    if (error instanceof CallError) return { reason: 'line', detail: error.message };
    throw error;
  }
}

type PlacedDue = { placed: number; full: boolean; stopped?: { reason: PauseReason; detail: string } };

async function placeDue({ campaign }: CampaignLook, room: number, deps: RunCampaignDependencies): Promise<PlacedDue> {
  const { campaigns, rules } = deps;
  const due = await campaigns.listDue(campaign.id, rules.callingWindow ? mostLookedAt : room);
  const putOff: Parameters<CampaignRunStore['putOff']>[1][number][] = [];
  const done: PlacedDue = { placed: 0, full: false };
  for (const recipient of due) {
    if (done.placed === room || done.full || done.stopped) break;
    await deps.giveWay();
    const { position } = recipient;
    const found = await placeRecipient(recipient, { campaign, mostCalls: campaign.pacing.maxCalls }, deps);
    if (found.is === 'placed') done.placed += 1;
    else if (found.is === 'later') putOff.push({ position, until: found.until });
    else if (found.is === 'skipped') putOff.push({ position, skipped: found.reason });
    else if (found.is === 'stopped') done.stopped = found.pause;
    else done.full = true;
  }
  if (putOff.length > 0) await campaigns.putOff(campaign.id, putOff);
  return done;
}

const earlier = (a: Date | null, b: Date | null) => (a && b ? (a < b ? a : b) : (a ?? b));
const inMs = (milliseconds: number): Due => ({ inSeconds: milliseconds / 1000 });
const latest = (a: Date, b: Date) => (a > b ? a : b);

import type { CampaignLook, Rival } from './campaign-ports.ts';

/** The places there are, as the operator and the trunk limit them. */
export type Places = {
  maxCalls: number;
  /** Of them those that campaigns leave free. */
  reservedCalls: number;
  trunkMaxCalls: number;
};

/** Placed at once at most: then the campaign is looked at again. */
export const mostAtOnce = 50;
/** So many answers say what the rate is; before, everybody is expected to answer. */
const enoughCalls = 20;
/** However few answer, no more phones ring for one free place. */
const lowestAnswerRate = 0.1;

/** How many calls the campaign may place now. */
export function roomFor(look: CampaignLook, places: Places, now: Date): number {
  const { pacing } = look.campaign;
  // Its calls are not taken up: the workers are full, or there are none.
  if (look.unattended > 0) return 0;
  const room = Math.min(
    mostAtOnce,
    pacing.maxCalls - look.calling,
    fairPlaces(look, places) - look.calling,
    places.maxCalls - places.reservedCalls - look.tenantTaken,
    places.trunkMaxCalls - look.trunkTaken,
    byPace(look, now),
    byConversations(look),
  );
  return Math.max(0, Math.floor(room));
}

/**
 * When the campaign may place its next call by its pace; undefined: it has none, or may now.
 */
export function paceAllowsAt({ campaign, lastPlacedAt }: CampaignLook, now: Date): Date | undefined {
  const { callsPerMinute } = campaign.pacing;
  if (callsPerMinute === undefined || !lastPlacedAt) return undefined;
  const at = new Date(lastPlacedAt.getTime() + 60_000 / callsPerMinute);
  return at > now ? at : undefined;
}

function byPace({ campaign, lastPlacedAt }: CampaignLook, now: Date): number {
  const { callsPerMinute } = campaign.pacing;
  if (callsPerMinute === undefined) return Infinity;
  if (!lastPlacedAt) return 1;
  const earned = Math.floor(((now.getTime() - lastPlacedAt.getTime()) * callsPerMinute) / 60_000);
  // What was not used for a while is not made up for in one go.
  return Math.min(earned, Math.max(1, Math.ceil(callsPerMinute / 30)));
}

function byConversations({ campaign, lately, talking, calling }: CampaignLook): number {
  const { maxConversations } = campaign.pacing;
  if (maxConversations === undefined) return Infinity;
  const rate = lately.ended < enoughCalls ? 1 : Math.max(lowestAnswerRate, lately.answered / lately.ended);
  return (maxConversations - talking) / rate - (calling - talking);
}

/** The campaign's part of the tenant's places and of the trunk's, where tenants come first and then their campaigns. */
function fairPlaces(look: CampaignLook, places: Places): number {
  const { campaign, rivals } = look;
  const ofTenant = rivals.filter(({ tenantId }) => tenantId === campaign.tenantId);
  const ofTrunk = rivals.filter(({ trunkId }) => trunkId === campaign.trunkId);
  const byOthers = (taken: number, ours: readonly Rival[]) =>
    Math.max(0, taken - total(ours, ({ calling }) => calling));
  const tenantPlaces = places.maxCalls - places.reservedCalls - byOthers(look.tenantTaken, ofTenant);
  const trunkPlaces = places.trunkMaxCalls - byOthers(look.trunkTaken, ofTrunk);
  const tenants = Map.groupBy(ofTrunk, ({ tenantId }) => tenantId);
  const wanted = [...tenants].map(([tenantId, theirs]) => ({ id: tenantId, wants: total(theirs, wants) }));
  const ofTenantOnTrunk = fairShare(trunkPlaces, wanted, campaign.tenantId);
  const shares = (list: readonly Rival[], capacity: number) =>
    fairShare(
      capacity,
      list.map((rival) => ({ id: rival.id, wants: wants(rival) })),
      campaign.id,
    );
  return Math.min(shares(ofTenant, tenantPlaces), shares(tenants.get(campaign.tenantId) ?? [], ofTenantOnTrunk));
}

const wants = ({ hasDue, maxCalls, calling }: Rival) => (hasDue ? Math.max(maxCalls, calling) : calling);
const total = <T>(list: readonly T[], of: (each: T) => number) => list.reduce((sum, each) => sum + of(each), 0);

/**
 * Max-min fairness: everybody gets the same, and what somebody does not want goes to the others. One place is everybody's, so
 * that a campaign among many goes on when it is its turn.
 */
export function fairShare(capacity: number, demands: readonly { id: string; wants: number }[], mine: string): number {
  let left = Math.max(0, capacity);
  const inOrder = demands.toSorted((a, b) => a.wants - b.wants);
  for (const [index, { id, wants: wanted }] of inOrder.entries()) {
    const share = Math.min(wanted, left / (inOrder.length - index));
    if (id === mine) return wanted > 0 && left > 0 ? Math.max(1, Math.floor(share)) : 0;
    left -= share;
  }
  return 0;
}

import { CallError } from '../errors.ts';
import { tenantTrunk, type TrunkDependencies } from './tenant-trunks.ts';

/**
 * Deletes a trunk, the rule that is for it alone, and what was set for it. Running calls go on.
 * @throws CallError `trunk_not_found`, `sip_unavailable`, `livekit_unavailable`
 */
export async function deleteTrunk(which: { id: string; tenantId: string }, deps: TrunkDependencies): Promise<void> {
  const { rule, line } = await tenantTrunk(which, deps);
  if (rule?.trunkIds.length === 1) await unlessGone(deps.sipTrunks.removeRule(rule.id));
  if (line) await unlessGone(deps.sipTrunks.remove(which.id));
  await deps.trunks.remove(which.tenantId, which.id);
}

/** What somebody else deleted meanwhile is as good as deleted. */
async function unlessGone(request: Promise<void>): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (!(error instanceof CallError && error.code === 'trunk_not_found')) throw error;
  }
}

import type { TrunkSettings } from '../admission/dispatch-ports.ts';
import { CallError } from '../errors.ts';
import type { OperatorRules } from '../admission/operator-rules.ts';
import { trunkLimits } from './within-rules.ts';

/** The line of one call, with what it may do. */
export type Trunk = {
  id: string;
  /** Shown to the person called; null: the carrier decides. */
  fromNumber: string | null;
  allowedCountries: readonly string[];
  maxCalls: number;
  callsPerSecond: number;
};

/**
 * The trunk that a call names, else the operator's, else the tenant's only one. What is set for it narrows the operator's
 * settings. A number that a request asks to be shown never widens where it may call.
 * @param own The tenant's trunks
 * @throws CallError `trunk_not_configured`
 */
export function chooseTrunk(
  asked: { trunkId?: string | undefined; from?: string | undefined },
  { own, rules }: { own: readonly TrunkSettings[]; rules: OperatorRules },
): Trunk {
  const outbound = own.filter(({ direction }) => direction === 'outbound');
  const only = outbound.length === 1 ? outbound[0]?.trunkId : undefined;
  const id = asked.trunkId ?? rules.trunkId ?? only;
  const set = outbound.find(({ trunkId }) => trunkId === id);
  if (id === undefined || (id !== rules.trunkId && !set)) throw notConfigured(asked.trunkId, outbound);
  const fromNumber = set?.fromNumber ?? (id === rules.trunkId ? rules.fromNumber : undefined);
  return { id, fromNumber: asked.from ?? fromNumber ?? null, ...trunkLimits({ set, fromNumber }, rules) };
}

function notConfigured(asked: string | undefined, outbound: readonly TrunkSettings[]): CallError {
  const known = outbound.map(({ trunkId }) => trunkId);
  const cure =
    known.length > 0
      ? `Send \`trunk_id\`: ${known.join(' or ')}.`
      : 'Set SIP_TRUNK_ID to a LiveKit outbound trunk (ST_…), or make one with POST /api/trunks.';
  return new CallError(
    'trunk_not_configured',
    asked ? `This tenant has no outbound trunk ${asked}. ${cure}` : `There is no trunk to call with. ${cure}`,
    { field: 'trunk_id', details: { trunks: known } },
  );
}

import type { TrunkSettings, TrunkSettingsStore } from '../admission/dispatch-ports.ts';
import type { OperatorRules } from '../admission/operator-rules.ts';
import type { SipTrunks } from './trunk-ports.ts';

/**
 * Makes an outbound trunk that nobody has, such as one of `parley trunk create-outbound`, the operator's when the operator names
 * it, with its first number. Undefined: there is none, or another tenant has it.
 */
export async function adoptTrunk(
  named: { tenantId: string; trunkId: string },
  deps: {
    rules: OperatorRules;
    sipTrunks: Pick<SipTrunks, 'list'>;
    trunks: Pick<TrunkSettingsStore, 'listClaimed' | 'save'>;
  },
): Promise<TrunkSettings | undefined> {
  const { tenantId, trunkId } = named;
  if (tenantId !== deps.rules.operatorTenantId || (await deps.trunks.listClaimed()).includes(trunkId)) return undefined;
  const line = (await deps.sipTrunks.list()).find(({ id, direction }) => id === trunkId && direction === 'outbound');
  if (!line) return undefined;
  const unlimited = { agent: null, allowedCountries: null, maxCalls: null, callsPerSecond: null };
  const settings = {
    tenantId,
    trunkId,
    direction: 'outbound',
    fromNumber: line.numbers[0] ?? null,
    ...unlimited,
  } as const;
  await deps.trunks.save(settings);
  return settings;
}

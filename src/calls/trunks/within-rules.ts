import { allowedCountries } from '../admission/allowed-countries.ts';
import type { TrunkSettings } from '../admission/dispatch-ports.ts';
import type { OperatorRules } from '../admission/operator-rules.ts';
import { CallError } from '../errors.ts';

export type TrunkLimits = { allowedCountries: readonly string[]; maxCalls: number; callsPerSecond: number };

/**
 * What a trunk may do. What is set for it narrows the operator's settings and never widens them, unless the trunk is the
 * operator's own.
 * @param fromNumber The trunk's number, E.164, whatever a request asks to be shown
 */
export function trunkLimits(
  { set, fromNumber }: { set: TrunkSettings | undefined; fromNumber: string | undefined },
  rules: OperatorRules,
): TrunkLimits {
  if (!set || isOperators(set, rules))
    return {
      allowedCountries: allowedCountries({ countries: set?.allowedCountries ?? rules.allowedCountries, fromNumber }),
      maxCalls: set?.maxCalls ?? rules.trunkMaxCalls,
      callsPerSecond: set?.callsPerSecond ?? rules.callsPerSecond,
    };
  const granted = grantedCountries(rules, fromNumber);
  return {
    allowedCountries: set.allowedCountries ? granted.filter((each) => set.allowedCountries!.includes(each)) : granted,
    maxCalls: Math.min(set.maxCalls ?? Infinity, rules.trunkMaxCalls),
    callsPerSecond: Math.min(set.callsPerSecond ?? Infinity, rules.callsPerSecond),
  };
}

/**
 * Refuses what a tenant sets beyond the operator's settings.
 * @throws CallError `invalid_request` naming the field, what is allowed and the setting
 */
export function refuseBeyondRules(
  set: Pick<TrunkSettings, 'tenantId' | 'fromNumber' | 'allowedCountries' | 'maxCalls' | 'callsPerSecond'>,
  rules: OperatorRules,
): void {
  if (isOperators(set, rules)) return;
  const granted = grantedCountries(rules, set.fromNumber ?? undefined);
  const beyond = set.allowedCountries?.filter((country) => !granted.includes(country)) ?? [];
  if (beyond.length > 0)
    throw refusal(
      'allowed_countries',
      `${beyond.join(', ')}: the operator allows ${granted.join(', ') || 'no country'} (PARLEY_ALLOWED_COUNTRIES).`,
    );
  if ((set.maxCalls ?? 0) > rules.trunkMaxCalls)
    throw refusal(
      'max_calls',
      `The operator allows ${rules.trunkMaxCalls} calls of a trunk at once (PARLEY_TRUNK_MAX_CALLS).`,
    );
  if ((set.callsPerSecond ?? 0) > rules.callsPerSecond)
    throw refusal(
      'calls_per_second',
      `The operator allows ${rules.callsPerSecond} new calls per second (PARLEY_CALLS_PER_SECOND).`,
    );
}

/**
 * Refuses to show a number that neither the trunk has nor the operator allows.
 * @throws CallError `invalid_request`
 */
export function refuseForeignNumber(
  fromNumber: string | null,
  { numbers, rules }: { numbers: readonly string[]; rules: OperatorRules },
): void {
  if (fromNumber === null || numbers.includes(fromNumber) || rules.fromNumbers?.includes(fromNumber)) return;
  throw refusal(
    'from_number',
    `${fromNumber} is not one of the trunk's numbers: ${numbers.join(', ')}. Send one of them.`,
  );
}

function isOperators({ tenantId }: Pick<TrunkSettings, 'tenantId'>, rules: OperatorRules): boolean {
  return tenantId === rules.operatorTenantId;
}

/** The operator's list, else the country of the operator's number, else that of the trunk's. */
function grantedCountries(rules: OperatorRules, fromNumber: string | undefined): string[] {
  return allowedCountries({ countries: rules.allowedCountries, fromNumber: rules.fromNumber ?? fromNumber });
}

function refusal(field: string, message: string): CallError {
  return new CallError('invalid_request', message, { field });
}

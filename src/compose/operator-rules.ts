import { readRates } from '../../telephony/index.ts';
import type { OperatorRules } from '../calls/admission/operator-rules.ts';
import type { Config } from '../config.ts';
import { defaultTenant } from './endpoints.ts';

/** The settings that limit calls. @throws Error when the file of rates is missing or not right */
export function operatorRules(config: Config): OperatorRules {
  return {
    maxCalls: config.PARLEY_MAX_CALLS,
    reservedCalls: config.PARLEY_RESERVED_CALLS ?? Math.floor(config.PARLEY_MAX_CALLS / 5),
    trunkMaxCalls: config.PARLEY_TRUNK_MAX_CALLS,
    callsPerSecond: config.PARLEY_CALLS_PER_SECOND,
    attemptsPerNumberPerDay: config.PARLEY_ATTEMPTS_PER_NUMBER_PER_DAY,
    spendPerDayUsd: config.PARLEY_SPEND_PER_DAY_USD,
    maxMinutes: config.PARLEY_MAX_MINUTES,
    rates: readRates(config.PARLEY_RATES_FILE),
    ...(config.PARLEY_CALLING_WINDOW && { callingWindow: config.PARLEY_CALLING_WINDOW }),
    ...(config.PARLEY_ALLOWED_COUNTRIES && { allowedCountries: config.PARLEY_ALLOWED_COUNTRIES }),
    ...(config.SIP_TRUNK_ID && { trunkId: config.SIP_TRUNK_ID }),
    ...(config.SIP_FROM_NUMBER && { fromNumber: config.SIP_FROM_NUMBER }),
    ...(config.PARLEY_FROM_NUMBERS && { fromNumbers: config.PARLEY_FROM_NUMBERS }),
    operatorTenantId: defaultTenant.id,
  };
}

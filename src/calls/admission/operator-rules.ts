import type { RateLists } from '../../../telephony/index.ts';
import type { OperatorWindow } from './operator-window.ts';

/** What the operator's settings allow, before anything is set for a single trunk. */
export type OperatorRules = {
  /** Calls of one tenant, and of one trunk, at once. */
  maxCalls: number;
  trunkMaxCalls: number;
  /** Of `maxCalls` those that campaigns leave free. */
  reservedCalls?: number;
  /** New calls per second and trunk. */
  callsPerSecond: number;
  attemptsPerNumberPerDay: number;
  spendPerDayUsd: number;
  /** Longest call, whatever a request or an agent says. */
  maxMinutes: number;
  /** What carriers take, the operator's list first. */
  rates: RateLists;
  /** Hours in which any phone may ring. */
  callingWindow?: OperatorWindow;
  /** ISO 3166 codes; undefined: the country of the number that calls are made from. */
  allowedCountries?: readonly string[];
  /** Trunk (`ST_…`) and number of calls that name none. */
  trunkId?: string;
  fromNumber?: string;
  /** Numbers (E.164) that any call may show. */
  fromNumbers?: readonly string[];
  /** Whose trunks the limits do not bind: who makes the settings may set a trunk higher. */
  operatorTenantId?: string;
};

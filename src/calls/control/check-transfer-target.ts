import { parsePhoneNumber } from '../../../telephony/index.ts';
import { longestCarrierUsd } from '../admission/carrier-dial.ts';
import { judgeCall } from '../admission/judge-call.ts';
import { allowedCountries } from '../admission/allowed-countries.ts';
import type { Call } from '../call.ts';
import { chooseTrunk, type Trunk } from '../trunks/choose-trunk.ts';
import type { AdmissionStore, TrunkSettingsStore } from '../admission/dispatch-ports.ts';
import { CallError } from '../errors.ts';
import type { OperatorRules } from '../admission/operator-rules.ts';
import { operatorWindows } from '../admission/operator-window.ts';

export type TransferCheck = {
  call: Pick<Call, 'tenantId' | 'direction' | 'trunkId' | 'fromNumber' | 'limits' | 'phoneNumber'>;
  to: string;
};

/** Where a call may be handed to: the number as it is dialled, and the line it would be dialled over, if there is one. */
export type TransferTarget = { to: string; trunk: Trunk | undefined };

/**
 * A number passes the same rules before a call is handed to it as before it is dialled; only those that make a call wait for
 * room do not count, since its line is there already.
 * @throws CallError `invalid_number`, `invalid_request`, `blocked`
 */
export async function checkTransferTarget(
  { call, to: asked }: TransferCheck,
  deps: {
    rules: OperatorRules;
    admission: Pick<AdmissionStore, 'figures'>;
    trunks: Pick<TrunkSettingsStore, 'listRecent'>;
  },
): Promise<TransferTarget> {
  const { rules } = deps;
  const number = parsePhoneNumber(asked);
  if ('problem' in number) throw new CallError('invalid_number', number.message, { field: 'to' });
  const to = number.e164;
  if (to === call.phoneNumber)
    throw new CallError('invalid_request', `${to} is on the line already. Send another number.`, { field: 'to' });
  const trunk = await lineOf(call, deps);
  const objection = judgeCall(
    {
      now: new Date(),
      agent: '',
      agents: { get: () => undefined, list: () => [] },
      to,
      trunk: trunk ?? withoutTrunk(rules),
      plan: {},
      operatorWindows: await operatorWindows(rules.callingWindow, to),
      figures: await deps.admission.figures({ tenantId: call.tenantId, trunkId: trunk?.id ?? '', phoneNumber: to }),
      carrierUsd: longestCarrierUsd(to, call.limits.maxMinutes ?? rules.maxMinutes, rules),
      rules,
    },
    { except: ['agent', 'concurrent_calls', 'calls_per_second'] },
  );
  const refuse = (message: string) =>
    new CallError('blocked', message, { field: 'to', details: { rule: objection?.rule } });
  if (objection && 'refused' in objection) throw refuse(objection.refused);
  if (objection && 'full' in objection)
    throw refuse('What the running calls may still cost leaves nothing for another line (PARLEY_SPEND_PER_DAY_USD).');
  if (objection && 'waitUntil' in objection)
    throw refuse(`${to} may not be called before ${objection.waitUntil.toISOString()} (PARLEY_CALLING_WINDOW).`);
  return { to, trunk };
}

/** The call's own line; for calls that came in, the one of calls that name none. */
async function lineOf(
  call: TransferCheck['call'],
  { rules, trunks }: { rules: OperatorRules; trunks: Pick<TrunkSettingsStore, 'listRecent'> },
): Promise<Trunk | undefined> {
  const own = await trunks.listRecent(call.tenantId);
  const asked = call.direction === 'outbound' ? { trunkId: call.trunkId ?? undefined } : {};
  try {
    return chooseTrunk(asked, { own, rules });
  } catch (error) {
    if (error instanceof CallError) return undefined;
    throw error;
  }
}

function withoutTrunk(rules: OperatorRules): Trunk {
  return {
    id: '',
    fromNumber: null,
    allowedCountries: allowedCountries({ countries: rules.allowedCountries, fromNumber: rules.fromNumber }),
    maxCalls: rules.trunkMaxCalls,
    callsPerSecond: rules.callsPerSecond,
  };
}

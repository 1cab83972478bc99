import { carrierDial } from '../../../calls/admission/carrier-dial.ts';
import type { AdmissionStore } from '../../../calls/admission/dispatch-ports.ts';
import type { OperatorRules } from '../../../calls/admission/operator-rules.ts';
import { permitCounted } from '../../../calls/admission/permit-dial.ts';
import { newId } from '../../../calls/new-id.ts';
import type { Log } from '../../../telemetry/logger.ts';
import type { ConsultLine, WarmLine } from './consult.ts';

/** Asks for a line to call somebody into a call, and holds back what it may cost. */
export async function openConsultLine(
  { call, trunk, to, seconds }: Parameters<WarmLine['openLine']>[0],
  deps: { admission: Pick<AdmissionStore, 'permit' | 'noteLeg'>; rules: OperatorRules; log: Log },
): Promise<ConsultLine | { refused: string }> {
  const leg = newId('transfer');
  const dial = carrierDial(
    {
      callId: call.id,
      attempt: call.attempt,
      leg,
      tenantId: call.tenantId,
      trunkId: trunk.id,
      phoneNumber: to,
      maxMinutes: seconds / 60,
    },
    deps.rules,
  );
  const objection = await permitCounted(dial, deps);
  if (objection) return objection;
  const note = (what: 'answered' | 'over') =>
    deps.admission
      .noteLeg({ callId: call.id, leg }, what)
      .catch((error: unknown) => deps.log('warn', 'a line could not be noted; it is priced to the end', { error }));
  return { answered: () => note('answered'), over: () => note('over') };
}

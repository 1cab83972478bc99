import { SipClient } from 'livekit-server-sdk';
import type { OperatorRules } from '../calls/admission/operator-rules.ts';
import { permitDial } from '../calls/admission/permit-dial.ts';
import type { Call, Direction } from '../calls/call.ts';
import type { AgentDirectory, CallStore, Rooms } from '../calls/ports.ts';
import { clientOptions, type LivekitConnection } from '../livekit/connection.ts';
import { admissionStore } from '../store/calls/admission-store.ts';
import type { Database } from '../store/connection/database.ts';
import { trunkSettingsStore } from '../store/tenants/trunk-settings-store.ts';
import { inboundLeg } from '../worker/line/inbound-leg.ts';
import type { LegFactory } from '../worker/line/leg.ts';
import { outboundLeg } from '../worker/line/outbound-leg.ts';
import { webLeg } from '../worker/line/web-leg.ts';

/** How each kind of call reaches its person. */
export function composeLegs(options: {
  livekit: LivekitConnection;
  database: Database;
  calls: CallStore;
  rooms: Rooms;
  agents: AgentDirectory;
  rules: OperatorRules;
}): Record<Direction, LegFactory> {
  const { livekit, database, calls, rooms, agents, rules } = options;
  const sip = new SipClient(livekit.url, livekit.apiKey, livekit.apiSecret, clientOptions);
  const admission = admissionStore(database);
  const trunks = trunkSettingsStore(database);
  const reserveDial = async ({ tenantId, trunkId }: Call) => {
    const set = (await trunks.listRecent(tenantId)).find((trunk) => trunk.trunkId === trunkId);
    return admission.reserveDial(trunkId ?? '', set?.callsPerSecond ?? rules.callsPerSecond);
  };
  const ask = (call: Call) => permitDial(call, { calls, agents, admission, trunks, rules });
  return {
    web: () => webLeg({ takePlace: ({ id }) => admission.joinWebCall(id, rules.maxCalls) }),
    inbound: () => inboundLeg({ sip }),
    outbound: () => outboundLeg({ sip, calls, rooms, reserveDial, permitDial: ask }),
  };
}

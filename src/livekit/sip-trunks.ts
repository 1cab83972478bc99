import { SipClient } from 'livekit-server-sdk';
import { z } from 'zod';
import {
  createDispatchRule,
  createInboundTrunk,
  createOutboundTrunk,
  deleteDispatchRule,
  deleteTrunk,
  listDispatchRules,
  listTrunks,
  TelephonyError,
  type TelephonyErrorCode,
  updateDispatchRule,
} from '../../telephony/index.ts';
import { CallError, type CallErrorCode } from '../calls/errors.ts';
import type { JobMetadata } from '../calls/ports.ts';
import type { NewInboundTrunk, NewOutboundTrunk, SipTrunks } from '../calls/trunks/trunk-ports.ts';
import { clientOptions, type LivekitConnection } from './connection.ts';

/** Rooms of calls that come in by phone. */
const roomPrefix = 'call';

const metadataSchema = z.object({ agent: z.string().optional(), tenantId: z.string().optional() });

/** Trunks of one livekit-server, and the rules that send its calls to the workers registered as `agentName`. */
export function sipTrunks(options: { connection: LivekitConnection; agentName: string }): SipTrunks {
  const { connection, agentName } = options;
  const sip = new SipClient(connection.url, connection.apiKey, connection.apiSecret, clientOptions);

  const create = (trunk: NewOutboundTrunk | NewInboundTrunk) =>
    trunk.direction === 'outbound' ? createOutboundTrunk(sip, given(trunk)) : createInboundTrunk(sip, given(trunk));

  return {
    list: () => mapped(listTrunks(sip)),
    create: (trunk) => mapped<Awaited<ReturnType<typeof create>>>(create(trunk)),
    remove: (id) => mapped(deleteTrunk(sip, id)),

    async listRules() {
      const rules = await mapped(listDispatchRules(sip));
      return rules
        .filter((rule) => rule.agentName === agentName)
        .map(({ id, trunkIds, metadata }) => ({ id, trunkIds, metadata: readMetadata(metadata) }));
    },

    async saveRule({ ruleId, trunkId, metadata }) {
      const rule = {
        name: `${metadata.agent} answers ${trunkId}`,
        trunkIds: [trunkId],
        agentName,
        metadata: JSON.stringify(metadata),
        roomPrefix,
      };
      if (ruleId !== undefined) {
        await mapped(updateDispatchRule(sip, { ...rule, id: ruleId }));
        return { id: ruleId, trunkIds: rule.trunkIds, metadata };
      }
      const { id, trunkIds } = await mapped(createDispatchRule(sip, rule));
      return { id, trunkIds, metadata };
    },

    removeRule: (id) => mapped(deleteDispatchRule(sip, id)),
  };
}

/** Rules made by hand may carry any text. */
function readMetadata(text: string): JobMetadata {
  try {
    return metadataSchema.parse(JSON.parse(text)) as JobMetadata;
  } catch {
    return {};
  }
}

/** Without what was left out: the libraries take an absent field, not an undefined one. */
function given<T extends object>(value: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as {
    [Key in keyof T]: Exclude<T[Key], undefined>;
  };
}

const codes = {
  livekit_unreachable: 'livekit_unavailable',
  livekit_refused_key: 'livekit_unavailable',
  failed: 'livekit_unavailable',
  sip_not_running: 'sip_unavailable',
  trunk_not_found: 'trunk_not_found',
  rule_not_found: 'trunk_not_found',
  already_exists: 'trunk_exists',
  invalid_request: 'invalid_request',
} as const satisfies Record<TelephonyErrorCode, CallErrorCode>;

/** A failure under the name that callers of the API know. */
async function mapped<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    if (!(error instanceof TelephonyError)) throw error;
    const code = codes[error.code];
    const details = code === 'livekit_unavailable' ? { retry_after_seconds: 5 } : {};
    throw new CallError(code, error.message, { details, cause: error });
  }
}

import { SIPTransport } from '@livekit/protocol';
import type { SipClient } from 'livekit-server-sdk';
import { TelephonyError, telephonyError } from './errors.ts';

export type OutboundTrunk = {
  direction: 'outbound';
  id: string;
  name: string;
  /** Host of the carrier, such as `name.pstn.twilio.com`; without `sip:`. */
  address: string;
  /** Numbers it may show, E.164. */
  numbers: string[];
};

export type InboundTrunk = {
  direction: 'inbound';
  id: string;
  name: string;
  /** Numbers that reach us over it, E.164. */
  numbers: string[];
  allowedAddresses: string[];
};

/** LiveKit's trunk ids start with `ST_`; a carrier's own (Twilio's `TK…`) mean nothing to LiveKit. */
export function isTrunkId(text: string): boolean {
  return /^ST_[A-Za-z0-9]+$/.test(text);
}

/** @throws TelephonyError */
export async function listTrunks(sip: SipClient): Promise<(OutboundTrunk | InboundTrunk)[]> {
  try {
    const [outbound, inbound] = await Promise.all([sip.listSipOutboundTrunk(), sip.listSipInboundTrunk()]);
    return [
      ...outbound.map((trunk) => ({
        direction: 'outbound' as const,
        id: trunk.sipTrunkId,
        name: trunk.name,
        address: trunk.address,
        numbers: trunk.numbers,
      })),
      ...inbound.map((trunk) => ({
        direction: 'inbound' as const,
        id: trunk.sipTrunkId,
        name: trunk.name,
        numbers: trunk.numbers,
        allowedAddresses: trunk.allowedAddresses,
      })),
    ];
  } catch (error) {
    throw telephonyError(error, 'List trunks');
  }
}

/** @throws TelephonyError */
export async function createOutboundTrunk(
  sip: SipClient,
  trunk: {
    name: string;
    address: string;
    numbers: string[];
    username?: string;
    password?: string;
    transport?: 'auto' | 'udp' | 'tcp' | 'tls';
  },
): Promise<OutboundTrunk> {
  const address = trunk.address.replace(/^sips?:/, '');
  if (!/^[a-z0-9.-]+(:\d+)?$/i.test(address))
    throw new TelephonyError(
      'invalid_request',
      `"${trunk.address}" is not the address of a carrier. Use its host, such as name.pstn.twilio.com.`,
    );
  try {
    const made = await sip.createSipOutboundTrunk(trunk.name, address, trunk.numbers, {
      transport: transports[trunk.transport ?? 'auto'],
      ...(trunk.username ? { authUsername: trunk.username } : {}),
      ...(trunk.password ? { authPassword: trunk.password } : {}),
    });
    return {
      direction: 'outbound',
      id: made.sipTrunkId,
      name: made.name,
      address: made.address,
      numbers: made.numbers,
    };
  } catch (error) {
    throw telephonyError(error, 'Create the outbound trunk');
  }
}

/** @throws TelephonyError */
export async function createInboundTrunk(
  sip: SipClient,
  trunk: { name: string; numbers: string[]; allowedAddresses?: string[]; username?: string; password?: string },
): Promise<InboundTrunk> {
  try {
    const made = await sip.createSipInboundTrunk(trunk.name, trunk.numbers, {
      ...(trunk.allowedAddresses ? { allowedAddresses: trunk.allowedAddresses } : {}),
      ...(trunk.username ? { authUsername: trunk.username } : {}),
      ...(trunk.password ? { authPassword: trunk.password } : {}),
    });
    return {
      direction: 'inbound',
      id: made.sipTrunkId,
      name: made.name,
      numbers: made.numbers,
      allowedAddresses: made.allowedAddresses,
    };
  } catch (error) {
    throw telephonyError(error, 'Create the inbound trunk');
  }
}

/** @throws TelephonyError `trunk_not_found` */
export async function deleteTrunk(sip: SipClient, id: string): Promise<void> {
  try {
    await sip.deleteSipTrunk(id);
  } catch (error) {
    throw telephonyError(error, `Delete trunk ${id}`);
  }
}

const transports = {
  auto: SIPTransport.SIP_TRANSPORT_AUTO,
  udp: SIPTransport.SIP_TRANSPORT_UDP,
  tcp: SIPTransport.SIP_TRANSPORT_TCP,
  tls: SIPTransport.SIP_TRANSPORT_TLS,
} as const;

import type { SipTrunks } from '../calls/trunks/trunk-ports.ts';
import type { Config } from '../config.ts';
import { sipTrunks } from '../livekit/sip-trunks.ts';

/**
 * The trunks of the livekit-server of the settings, for the command line.
 * @throws Error that says what to set
 */
export function composeTrunks(config: Config): SipTrunks {
  const { LIVEKIT_URL: url, LIVEKIT_API_KEY: apiKey, LIVEKIT_API_SECRET: apiSecret } = config;
  if (!url || !apiKey || !apiSecret)
    throw new Error(
      'Trunks live in a livekit-server with a SIP service. Set LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET to yours (docs/telephony.md).',
    );
  return sipTrunks({ connection: { url, apiKey, apiSecret }, agentName: config.PARLEY_AGENT_NAME });
}

import { AccessToken } from 'livekit-server-sdk';
import { askHttp, type HttpAnswer } from '../ask-http.ts';
import type { Check } from '../check.ts';
import { connectionTrouble, hostAndPort } from '../connection-trouble.ts';
import { failed, type Finding, ok, skipped } from '../finding.ts';

export const livekit: Check = {
  about: 'livekit-server: reached, and key and secret taken; a wrong key and a wrong secret are told apart.',
  reads: ['LIVEKIT_URL', 'LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET'],
  async run({ livekit: connection, config, trusted }, signal) {
    if (!connection)
      return skipped('LIVEKIT_URL is not set, and no `parley up` runs here with a livekit-server of its own.');
    const url = new URL(connection.url.replace(/^ws/, 'http'));
    const at = hostAndPort(url);
    // Asks for permission to join a room, without joining or making it; the token is of ten seconds.
    const { apiKey, apiSecret } = connection;
    const token = new AccessToken(apiKey, apiSecret, { identity: 'doctor', ttl: 10 });
    token.addGrant({ roomJoin: true, room: 'parley-doctor' });
    const ask = new URL(`${url.href.replace(/\/$/, '')}/rtc/validate`);
    ask.searchParams.set('access_token', await token.toJwt());
    try {
      const answer = await askHttp(ask, { signal, trusted });
      return refusalOfKey(answer, at, apiKey) ?? ok(`livekit-server at ${at} takes key and secret.`);
    } catch (error) {
      const setting = config.LIVEKIT_URL ? 'LIVEKIT_URL' : 'PARLEY_LIVEKIT_PORT';
      const trouble = connectionTrouble(error, { who: 'livekit-server', at, setting });
      return failed(trouble.message, trouble.cure);
    }
  },
};

const pair =
  'Set LIVEKIT_API_KEY and LIVEKIT_API_SECRET to a pair of the `keys:` block of livekit.yaml (or LIVEKIT_KEYS)';

/** What livekit-server 1.11 to 1.13 says of a token, as it was seen; undefined when it takes it. */
export function refusalOfKey({ status, body }: HttpAnswer, at: string, apiKey: string): Finding | undefined {
  if (status === 200 && body.trim() === 'success') return undefined;
  if (/invalid API key/i.test(body))
    return failed(
      `livekit-server at ${at} does not know the key ${apiKey}.`,
      `${pair}. The pair may be that of another LiveKit, or LIVEKIT_URL may lead to one.`,
    );
  if (/token is expired|not valid yet|before|\bexp\b|\bnbf\b|\biat\b/i.test(body) && status === 401)
    return failed(
      `livekit-server at ${at} has another time than this machine.`,
      'Set both clocks with NTP, see clock.',
    );
  if (/cryptographic primitive|signature/i.test(body))
    return failed(
      `livekit-server at ${at} knows the key ${apiKey}, but the secret is wrong.`,
      `Set LIVEKIT_API_SECRET to the secret of ${apiKey} in the \`keys:\` block of livekit.yaml (or LIVEKIT_KEYS).`,
    );
  if (status === 401 || status === 403) return failed(`livekit-server at ${at} refuses the key.`, `${pair}.`);
  if (/HTTP request to an HTTPS server/i.test(body)) return failed(`${at} wants TLS.`, 'Write wss:// in LIVEKIT_URL.');
  return failed(
    `What answers at ${at} is not livekit-server (HTTP ${status}).`,
    'Correct LIVEKIT_URL; a proxy in front of LiveKit has to pass the whole host on to it.',
  );
}

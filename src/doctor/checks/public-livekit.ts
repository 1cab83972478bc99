import { SignalError, tryJoin } from '../../livekit/try-join.ts';
import { certificateEnd } from '../certificate-end.ts';
import type { Check } from '../check.ts';
import { connectionTrouble, hostAndPort } from '../connection-trouble.ts';
import { failed, type Finding, ok, skipped } from '../finding.ts';
import { refusalOfKey } from './livekit.ts';

export const publicLivekit: Check = {
  about: 'LiveKit under the address that browsers use: a WebSocket that joins a room, and its certificate.',
  reads: ['LIVEKIT_PUBLIC_URL', 'PARLEY_PUBLIC_URL'],
  needs: ['livekit'],
  async run({ config, lookup, livekit, trusted }, signal) {
    // Without an address of its own browsers use that of the API, which passes /rtc on.
    const setting = config.LIVEKIT_PUBLIC_URL ? 'LIVEKIT_PUBLIC_URL' : 'PARLEY_PUBLIC_URL';
    const address = config.LIVEKIT_PUBLIC_URL ?? config.PARLEY_PUBLIC_URL?.replace(/^http/, 'ws');
    if (!address || !livekit) return skipped('Neither LIVEKIT_PUBLIC_URL nor PARLEY_PUBLIC_URL is set.');
    const url = new URL(address);
    const at = hostAndPort(url);
    const known = await lookup(url.hostname.replace(/^\[|\]$/g, '')).catch(() => []);
    if (known.length === 0) return skipped(`${url.hostname} is not known, see dns.`);
    if (url.protocol === 'ws:' && config.PARLEY_PUBLIC_URL?.startsWith('https:'))
      return failed(
        `LIVEKIT_PUBLIC_URL is ws://, and a browser on a page with https connects to wss:// only.`,
        'Write wss:// in LIVEKIT_PUBLIC_URL, with a host whose certificate the proxy has.',
      );
    try {
      const joined = await tryJoin({ url: address, connection: livekit, trusted, signal });
      const findings: Finding[] = [ok(`A browser can join at ${at}.`)];
      if (joined.certificate) findings.push(certificateEnd(joined.certificate, url.hostname));
      return findings;
    } catch (error) {
      if (error instanceof SignalError) return refusal(error, { at, apiKey: livekit.apiKey, setting });
      const trouble = connectionTrouble(error, { who: 'LiveKit', at, setting });
      return failed(trouble.message, trouble.cure);
    }
  },
};

function refusal({ status, body }: SignalError, where: { at: string; apiKey: string; setting: string }): Finding {
  const { at, apiKey, setting } = where;
  if (status === 401) {
    const found = refusalOfKey({ status, body, headers: {}, certificate: undefined }, at, apiKey);
    return failed(found!.message, `${setting} leads to another LiveKit than LIVEKIT_URL: correct one of the two.`);
  }
  return failed(
    `The WebSocket at ${at} is refused (HTTP ${status}).`,
    `Let the proxy pass WebSockets on (the header Upgrade) to livekit-server, or correct ${setting}.`,
  );
}

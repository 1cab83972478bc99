import { askHttp } from '../ask-http.ts';
import type { Check, DoctorContext } from '../check.ts';
import { failed, type Finding, ok, skipped, warning } from '../finding.ts';

const warnSeconds = 5;
/** LiveKit bears with a minute, receivers of webhooks with five. */
const failSeconds = 55;

export const clock: Check = {
  about: 'The clock of this machine, against those of PostgreSQL, LiveKit and the public API.',
  async run(context, signal) {
    const read = await Promise.allSettled([ofDatabase(context), ...ofServers(context, signal)]);
    const known = read.flatMap((each) => (each.status === 'fulfilled' && each.value ? [each.value] : []));
    if (known.length === 0) return skipped('No server could be asked for its time.');
    return known.map(judge);
  },
};

/** `seconds` above 0: this machine is ahead. */
export function judge({ whose, seconds }: { whose: string; seconds: number }): Finding {
  const off = Math.abs(seconds);
  if (off < warnSeconds) return ok(`It agrees with ${whose}.`);
  const message = `This machine is ${Math.round(off)} s ${seconds > 0 ? 'ahead of' : 'behind'} ${whose}.`;
  const cure = 'Let both keep time with NTP: `timedatectl set-ntp true`, or chrony.';
  return off < failSeconds ? warning(message, cure) : failed(`${message} Tokens and signatures are refused.`, cure);
}

async function ofDatabase(context: DoctorContext) {
  if (!context.databaseUrl) return undefined;
  const askedMs = Date.now();
  const sql = 'SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now';
  const { rows } = await context.database().pool.query<{ now: number }>(sql);
  return { whose: 'PostgreSQL', seconds: ((askedMs + Date.now()) / 2 - rows[0]!.now) / 1000 };
}

function ofServers({ livekit, config, trusted }: DoctorContext, signal: AbortSignal) {
  const urls = { LiveKit: livekit?.url.replace(/^ws/, 'http'), 'the public API': config.PARLEY_PUBLIC_URL };
  return Object.entries(urls).map(async ([whose, url]) => {
    if (!url) return undefined;
    const { headers } = await askHttp(url, { signal, trusted });
    // The header is in whole seconds, cut off.
    return headers.date ? { whose, seconds: (Date.now() - Date.parse(headers.date) - 500) / 1000 } : undefined;
  });
}

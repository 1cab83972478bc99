import type { PeerCertificate } from 'node:tls';
import { type Finding, ok, warning } from './finding.ts';

const warnDays = 14;
const dayMs = 86_400_000;

/** How long an accepted certificate still holds. */
export function certificateEnd(certificate: Pick<PeerCertificate, 'valid_to'>, host: string): Finding {
  const days = Math.floor((Date.parse(certificate.valid_to) - Date.now()) / dayMs);
  if (days >= warnDays) return ok(`The certificate of ${host} is valid for ${days} more days.`);
  return warning(
    `The certificate of ${host} ends in ${days} ${days === 1 ? 'day' : 'days'}.`,
    'Renew it, and see why that did not happen by itself; with Caddy: `docker compose logs caddy`.',
  );
}

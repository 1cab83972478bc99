import { createHash, timingSafeEqual } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import { isNearHost } from './near-host.ts';

/** A request for metrics, as far as it decides whether they are told. */
export type MetricsRequest = {
  /** Address of the other end of the connection. */
  peer: string | undefined;
  /** By name in lower case. */
  header: (name: string) => string | undefined;
};

/** Every proxy adds one of them, and no client can make a proxy leave it out. */
const proxyHeaders = ['x-forwarded-for', 'forwarded', 'via', 'cf-connecting-ip', 'x-real-ip'];

const near = new BlockList();
near.addSubnet('127.0.0.0', 8);
near.addSubnet('10.0.0.0', 8);
near.addSubnet('172.16.0.0', 12);
near.addSubnet('192.168.0.0', 16);
near.addSubnet('169.254.0.0', 16);
near.addSubnet('100.64.0.0', 10);
near.addAddress('::1', 'ipv6');
near.addSubnet('fc00::', 7, 'ipv6');
near.addSubnet('fe80::', 10, 'ipv6');

/**
 * Metrics tell what an installation does and spends. With a token they are for whoever sends it as `Authorization: Bearer`;
 * without one for private addresses that ask directly, so that nothing is told through a proxy by mistake.
 */
export function mayReadMetrics({ peer, header }: MetricsRequest, token: string | undefined): boolean {
  if (token !== undefined) {
    const sent = /^Bearer +(\S+)$/i.exec(header('authorization') ?? '')?.[1];
    return sent !== undefined && timingSafeEqual(digest(sent), digest(token));
  }
  if (proxyHeaders.some((name) => header(name) !== undefined)) return false;
  if (!isNearHost(header('host') ?? 'localhost')) return false;
  const address = (peer ?? '').replace(/^::ffff:/i, '').split('%', 1)[0]!;
  const version = isIP(address);
  return version !== 0 && near.check(address, version === 4 ? 'ipv4' : 'ipv6');
}

/** What whoever may not read them is told. */
export const metricsRefusal =
  'Metrics are told to private addresses that ask directly, or to whoever sends PARLEY_METRICS_TOKEN as a bearer token.';

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

import { BlockList, isIP } from 'node:net';
import { isPublicAddress } from '../webhooks/public-address.ts';
import type { Address } from '../webhooks/webhook-target.ts';

/** Where tools may send to, besides the open internet. */
export type PrivatePlaces = {
  /** Whether the operator lists this address, or this host at this port. */
  allow(place: { host: string; port: number; address?: string }): boolean;
};

export type ToolAddressRules = {
  places: PrivatePlaces;
  /** All addresses of a host name. */
  resolveHost: (host: string) => Promise<Address[]>;
};

/** Nothing is sent there. The message says why and names the host alone: a URL may hold a secret. */
export class ToolAddressError extends Error {
  override readonly name = 'ToolAddressError';
}

/**
 * Reads the operator's list: `host`, `host:port`, an address, or a network such as `10.0.0.0/8`.
 * @throws Error naming the entry that is none of these
 */
export function readPrivatePlaces(entries: readonly string[]): PrivatePlaces {
  const networks = new BlockList();
  const hosts: { host: string; port: number | undefined }[] = [];
  for (const entry of entries) {
    const [network = '', prefix] = entry.split('/');
    if (prefix !== undefined) addNetwork(networks, { entry, network, prefix: Number(prefix) });
    else hosts.push(readHost(entry));
  }
  return {
    allow: ({ host, port, address }) =>
      hosts.some((each) => each.host === host.toLowerCase() && (each.port ?? port) === port) ||
      [host, address ?? ''].some((each) => isIP(each) > 0 && networks.check(each, isIP(each) === 6 ? 'ipv6' : 'ipv4')),
  };
}

function addNetwork(networks: BlockList, of: { entry: string; network: string; prefix: number }): void {
  const version = isIP(of.network);
  const longest = version === 6 ? 128 : 32;
  if (version === 0 || !Number.isInteger(of.prefix) || of.prefix < 0 || of.prefix > longest)
    throw new Error(`${of.entry} is not a network`);
  networks.addSubnet(of.network, of.prefix, version === 6 ? 'ipv6' : 'ipv4');
}

function readHost(entry: string): { host: string; port: number | undefined } {
  const text = isIP(entry) === 6 ? `[${entry}]` : entry;
  const url = URL.canParse(`tool://${text}`) ? new URL(`tool://${text}`) : undefined;
  if (!url?.hostname || url.pathname !== '' || url.username || url.search) throw new Error(`${entry} is not a host`);
  return { host: hostOf(url).toLowerCase(), port: url.port ? Number(url.port) : undefined };
}

/** What the text of a URL alone tells against it, as the end of a sentence about it. */
export function toolUrlProblem(text: string, places: PrivatePlaces): string | undefined {
  const url = new URL(text);
  const host = hostOf(url);
  const isLocalName = /(^|\.)localhost\.?$/i.test(host);
  const isPrivate = isLocalName || (isIP(host) > 0 && !isPublicAddress(host));
  if (!isPrivate || places.allow({ host, port: portOf(url) })) return undefined;
  return `goes to ${url.host}, which is not on the open internet: list it in PARLEY_TOOL_PRIVATE_HOSTS if it is yours`;
}

/**
 * Finds where a URL leads now. One address that is not allowed refuses them all, since whoever owns the name chose them.
 * @throws ToolAddressError
 */
export async function resolveToolTarget(url: URL, rules: ToolAddressRules): Promise<Address[]> {
  const host = hostOf(url);
  const port = portOf(url);
  const family = isIP(host);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new ToolAddressError(`${host} is not a web address.`);
  const addresses = family > 0 ? [{ address: host, family }] : await rules.resolveHost(host).catch((): Address[] => []);
  if (addresses.length === 0) throw new ToolAddressError(`The host name ${host} cannot be resolved.`);
  const refused = addresses.find(
    ({ address }) => !isPublicAddress(address) && !rules.places.allow({ host, port, address }),
  );
  if (refused)
    throw new ToolAddressError(
      `${host} leads to ${refused.address}, which is not on the open internet and not in PARLEY_TOOL_PRIVATE_HOSTS.`,
    );
  return addresses;
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function portOf({ port, protocol }: URL): number {
  return port ? Number(port) : protocol === 'https:' ? 443 : 80;
}

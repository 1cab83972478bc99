import { isIP } from 'node:net';
import { CallError } from '../errors.ts';
import { isPublicAddress } from './public-address.ts';

export type Address = { address: string; family: number };

export type WebhookRules = {
  /** Whether webhooks may reach private, loopback and link-local addresses. */
  allowPrivate: boolean;
  /** All addresses of a host name. */
  resolveHost: (host: string) => Promise<Address[]>;
};

/** Where a webhook goes. A connection is made to one of `addresses` and never resolves the name again. */
export type WebhookTarget = { url: URL; addresses: Address[] };

/** A URL to which nothing is sent. The message says why, and what to use instead. */
export class WebhookTargetError extends Error {
  override readonly name = 'WebhookTargetError';
}

const cure = 'Use a public address, or set PARLEY_WEBHOOK_ALLOW_PRIVATE=1 to allow those of your own network';

/**
 * Reads a URL without asking anybody.
 * @throws WebhookTargetError when it is no http or https URL, or is written with an address that is not allowed
 */
export function readWebhookUrl(text: string, { allowPrivate }: Pick<WebhookRules, 'allowPrivate'>): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new WebhookTargetError('It is not a web address. Use one such as https://hooks.example.com/calls');
  const host = hostOf(url);
  const isLocalName = /(^|\.)localhost\.?$/i.test(host);
  if (!allowPrivate && (isLocalName || (isIP(host) > 0 && !isPublicAddress(host))))
    throw new WebhookTargetError(`${host} is not an address on the open internet. ${cure}`);
  return url;
}

/**
 * Finds where a URL leads now. One address that is not allowed refuses them all, since whoever owns the name chose them.
 * @throws WebhookTargetError
 */
export async function resolveWebhookTarget(text: string, rules: WebhookRules): Promise<WebhookTarget> {
  const url = readWebhookUrl(text, rules);
  const host = hostOf(url);
  const family = isIP(host);
  if (family > 0) return { url, addresses: [{ address: host, family }] };
  const addresses = await rules.resolveHost(host).catch(() => []);
  if (addresses.length === 0)
    throw new WebhookTargetError(`The host name ${host} cannot be resolved. Check how it is written`);
  const refused = rules.allowPrivate ? undefined : addresses.find(({ address }) => !isPublicAddress(address));
  if (refused)
    throw new WebhookTargetError(
      `${host} leads to ${refused.address}, which is not an address on the open internet. ${cure}`,
    );
  return { url, addresses };
}

/**
 * The same, for a URL that a request names.
 * @param request.resolve False spares the lookup: a name is then judged when something is sent to it.
 * @throws CallError `invalid_request`
 */
export async function checkWebhookUrl(
  request: { url: string; field: string; resolve: boolean },
  rules: WebhookRules,
): Promise<void> {
  const { url, field, resolve } = request;
  try {
    if (resolve) await resolveWebhookTarget(url, rules);
    else readWebhookUrl(url, rules);
  } catch (error) {
    if (!(error instanceof WebhookTargetError)) throw error;
    throw new CallError('invalid_request', `${error.message}.`, { field });
  }
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

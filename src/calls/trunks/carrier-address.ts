import { CallError } from '../errors.ts';
import {
  readWebhookUrl,
  resolveWebhookTarget,
  type WebhookRules,
  WebhookTargetError,
} from '../webhooks/webhook-target.ts';

/**
 * Refuses a carrier that is not a host on the open internet: calls of a tenant must not reach into the operator's network. A name
 * without an address passes, since carriers may publish nothing but SRV records.
 * @throws CallError `invalid_request`
 */
export async function checkCarrierAddress(address: string, rules: Omit<WebhookRules, 'allowPrivate'>): Promise<void> {
  const url = `https://${address.replace(/^sips?:/i, '')}/`;
  try {
    const { hostname } = readWebhookUrl(url, { allowPrivate: false });
    if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(hostname) || /(^|\.)-|-(\.|$)/.test(hostname))
      throw new WebhookTargetError(`${address} is not the host of a carrier`);
    if ((await rules.resolveHost(hostname).catch(() => [])).length > 0)
      await resolveWebhookTarget(url, { ...rules, allowPrivate: false });
  } catch (error) {
    if (!(error instanceof WebhookTargetError)) throw error;
    const [reason] = error.message.split('. ');
    throw new CallError('invalid_request', `${reason}. Send the host of the carrier, such as name.pstn.twilio.com.`, {
      field: 'address',
    });
  }
}

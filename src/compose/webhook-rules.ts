import { lookup } from 'node:dns/promises';
import type { WebhookRules } from '../calls/webhooks/webhook-target.ts';
import type { Config } from '../config.ts';

/** Where webhooks may go, by the operator's settings and the name service of this machine. */
export function webhookRules(config: Config): WebhookRules {
  return {
    allowPrivate: config.PARLEY_WEBHOOK_ALLOW_PRIVATE,
    resolveHost: (host) => lookup(host, { all: true, verbatim: true }),
  };
}

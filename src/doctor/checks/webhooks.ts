import { resolveWebhookTarget, type WebhookTarget, WebhookTargetError } from '../../calls/webhooks/webhook-target.ts';
import { enabledEndpoints } from '../../store/webhooks/enabled-endpoints.ts';
import { readMigrationState } from '../../store/migration-state.ts';
import type { Check, DoctorContext } from '../check.ts';
import { connectionTrouble, hostAndPort, portOf } from '../connection-trouble.ts';
import { failed, type Finding, ok, skipped, warning } from '../finding.ts';
import { openConnection } from '../open-connection.ts';

/** More are not tried: the check is to be short. */
const most = 20;

export const webhooks: Check = {
  about: 'The receivers of registered webhooks: name, address rules, connection, certificate. Nothing is sent to them.',
  reads: ['PARLEY_WEBHOOK_ALLOW_PRIVATE'],
  needs: ['migrations'],
  async run(context, signal) {
    const { state } = await readMigrationState(context.database().pool);
    const endpoints = state === 'empty' ? [] : await enabledEndpoints(context.database(), most + 1);
    if (endpoints.length === 0) return skipped('No webhook is registered.');
    const found = await Promise.all(endpoints.slice(0, most).map((endpoint) => look(endpoint, context, signal)));
    if (endpoints.length > most) found.push([skipped(`Only ${most} were tried; there are more.`)]);
    return found.flat();
  },
};

async function look(
  { id, url }: { id: string; url: string },
  context: DoctorContext,
  signal: AbortSignal,
): Promise<Finding[]> {
  // The path of a webhook often is its password: only the host is shown.
  const at = hostAndPort(new URL(url));
  const name = `The receiver ${at} of ${id}`;
  const found: Finding[] = [];
  if (url.startsWith('http:'))
    found.push(
      warning(
        `${name} is http: reports travel readable.`,
        `Change it to https: \`PATCH /api/webhooks/${id}\` with its \`url\`.`,
      ),
    );
  const rules = { allowPrivate: context.config.PARLEY_WEBHOOK_ALLOW_PRIVATE, resolveHost: context.lookup };
  try {
    await reach(await resolveWebhookTarget(url, rules), context.trusted, signal);
    return [...found, ok(`${name} can be reached.`)];
  } catch (error) {
    if (error instanceof WebhookTargetError) {
      const [what, cure] = error.message.split(/\. (?=Use|Check)/);
      return [...found, failed(`${name}: ${what}.`, `${cure ?? 'Correct its address'}.`)];
    }
    const setting = `its address (\`PATCH /api/webhooks/${id}\`)`;
    const trouble = connectionTrouble(error, { who: `The receiver of ${id}`, at, setting });
    return [...found, failed(trouble.message, trouble.cure)];
  }
}

/** Connects to a checked address, as a delivery would, and ends: no request is made, so no workflow begins. */
async function reach(
  { url, addresses }: WebhookTarget,
  trusted: string[] | undefined,
  signal: AbortSignal,
): Promise<void> {
  const tls = { name: url.hostname.replace(/^\[|\]$/g, ''), trusted };
  const host = addresses[0]!.address;
  await openConnection({ host, port: portOf(url), signal, ...(url.protocol === 'https:' && { tls }) });
}

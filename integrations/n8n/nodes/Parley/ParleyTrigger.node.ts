import type {
  IDataObject,
  IHookFunctions,
  INodeType,
  INodeTypeDescription,
  IWebhookFunctions,
  IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes, NodeOperationError } from 'n8n-workflow';
import { eventOptions } from './event-options';
import { parleyRequest, statusOf } from './parley-request';
import { refusalOf } from './standard-webhook';

/** What is kept with the workflow about the webhook that was registered for it. */
type Registered = { webhookId?: string; secret?: string };

export class ParleyTrigger implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Parley Trigger',
    name: 'parleyTrigger',
    icon: { light: 'file:../../icons/parley.svg', dark: 'file:../../icons/parley.dark.svg' },
    group: ['trigger'],
    version: 1,
    subtitle: '={{$parameter["events"].join(", ")}}',
    description: 'Starts the workflow when something happens in a call',
    defaults: { name: 'Parley Trigger' },
    usableAsTool: undefined,
    inputs: [],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: 'parleyApi', required: true }],
    webhooks: [{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'webhook' }],
    properties: [
      {
        displayName: 'Events',
        name: 'events',
        type: 'multiOptions',
        required: true,
        default: ['call.ended'],
        description: 'What starts the workflow. The key of the credential needs the scope admin.',
        options: eventOptions,
      },
    ],
  };

  webhookMethods = {
    default: {
      async checkExists(this: IHookFunctions): Promise<boolean> {
        const { webhookId, secret } = this.getWorkflowStaticData('node') as Registered;
        if (!webhookId || !secret) return false;
        const url = addressOf(this);
        const found = await unlessAbsent(parleyRequest(this, 'GET', pathOf(webhookId)));
        // The address of a test run is another webhook: that of the active workflow stays as it is.
        if (!found || new URL(String(found['url'])).pathname !== new URL(url).pathname) return false;
        const events = this.getNodeParameter('events') as string[];
        const same = found['url'] === url && !found['disabled_at'] && sameSet(found['events'] as string[], events);
        if (!same) await parleyRequest(this, 'PATCH', pathOf(webhookId), { body: { url, events, enabled: true } });
        return true;
      },

      async create(this: IHookFunctions): Promise<boolean> {
        const url = addressOf(this);
        // One whose answer was lost, or that an earlier n8n left: its secret is known to nobody, so all of it would be refused.
        const { webhooks } = (await parleyRequest(this, 'GET', '/api/webhooks')) as { webhooks?: IDataObject[] };
        for (const left of (webhooks ?? []).filter((webhook) => webhook['url'] === url))
          await unlessAbsent(parleyRequest(this, 'DELETE', pathOf(String(left['webhook_id']))));
        const body = { url, events: this.getNodeParameter('events') as string[] };
        const made = await parleyRequest(this, 'POST', '/api/webhooks', { body });
        const kept = this.getWorkflowStaticData('node') as Registered;
        kept.webhookId = String(made['webhook_id']);
        kept.secret = String(made['secret']);
        return true;
      },

      async delete(this: IHookFunctions): Promise<boolean> {
        const kept = this.getWorkflowStaticData('node') as Registered;
        if (kept.webhookId) {
          // Somebody may have removed it already, which is what was wanted.
          await unlessAbsent(parleyRequest(this, 'DELETE', pathOf(kept.webhookId)));
        }
        delete kept.webhookId;
        delete kept.secret;
        return true;
      },
    },
  };

  async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
    const { secret } = this.getWorkflowStaticData('node') as Registered;
    const { headers, rawBody } = this.getRequestObject();
    const refusal = refusalOf({ headers, rawBody }, secret ?? '', Date.now() / 1000);
    if (refusal) {
      this.getResponseObject().status(401).json({ error: refusal });
      return { noWebhookResponse: true };
    }
    return { workflowData: [this.helpers.returnJsonArray(this.getBodyData())] };
  }
}

function addressOf(hook: IHookFunctions): string {
  const url = hook.getNodeWebhookUrl('default');
  if (!url)
    throw new NodeOperationError(hook.getNode(), 'n8n knows no address for this trigger. Set N8N_WEBHOOK_URL in n8n.');
  return url;
}

function pathOf(webhookId: string): string {
  return `/api/webhooks/${encodeURIComponent(webhookId)}`;
}

/** Undefined for a webhook that Parley does not have any more. */
async function unlessAbsent(request: Promise<IDataObject>): Promise<IDataObject | undefined> {
  return request.catch((error: unknown) => (statusOf(error) === 404 ? undefined : Promise.reject(error as Error)));
}

function sameSet(some: string[], others: string[]): boolean {
  return some.length === others.length && some.every((each) => others.includes(each));
}

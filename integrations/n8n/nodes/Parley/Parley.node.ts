import type {
  IDataObject,
  IExecuteFunctions,
  ILoadOptionsFunctions,
  INodeExecutionData,
  INodePropertyOptions,
  INodeType,
  INodeTypeDescription,
  IWebhookFunctions,
  IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes, NodeOperationError, WAIT_INDEFINITELY } from 'n8n-workflow';
import { callFields, callOperations } from './call-fields';
import { addRecipients, campaignFields, campaignOperations, runCampaign } from './campaign-fields';
import { asText, dispatchBody, present, readJson, withOffset } from './dispatch-request';
import { doNotCallFields, doNotCallOperations, runDoNotCall } from './do-not-call-fields';
import { eachItem } from './each-item';
import { leadFields, leadOperations } from './lead-fields';
import { parleyRequest } from './parley-request';
import { postOnce } from './post-once';
import { runTool, toolFields, toolOperations } from './tool-fields';

const hourMs = 3_600_000;
/** Where the id of the call that is waited for is kept with the execution; n8n shows it as highlighted data. */
const awaitedCall = 'parleyCallId';
/** The most that the API gives at once. */
const pageSize = 200;

export class Parley implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Parley',
    name: 'parley',
    icon: { light: 'file:../../icons/parley.svg', dark: 'file:../../icons/parley.dark.svg' },
    group: ['output'],
    version: 1,
    subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
    description: 'Place telephone calls by voice agents and get their results',
    defaults: { name: 'Parley' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: 'parleyApi', required: true }],
    // Where a waiting execution is resumed: Parley posts the final report there.
    webhooks: [
      {
        name: 'default',
        httpMethod: 'POST',
        responseMode: 'onReceived',
        path: '',
        restartWebhook: true,
      },
    ],
    properties: [
      {
        displayName: 'Resource',
        name: 'resource',
        type: 'options',
        noDataExpression: true,
        default: 'call',
        options: [
          { name: 'Call', value: 'call' },
          { name: 'Campaign', value: 'campaign' },
          { name: 'Do Not Call', value: 'doNotCall' },
          { name: 'Lead', value: 'lead' },
          { name: 'Tool', value: 'tool' },
        ],
      },
      callOperations,
      campaignOperations,
      doNotCallOperations,
      leadOperations,
      toolOperations,
      ...callFields,
      ...campaignFields,
      ...doNotCallFields,
      ...leadFields,
      ...toolFields,
    ],
  };

  methods = {
    loadOptions: {
      async getAgents(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
        const { agents } = (await parleyRequest(this, 'GET', '/api/agents')) as {
          agents?: { name: string; description?: string }[];
        };
        return (agents ?? []).map(({ name, description }) => ({
          name,
          value: name,
          ...(description && { description }),
        }));
      },
    },
  };

  // Nothing to register: the address of a sleeping execution goes along with its call.
  webhookMethods = {
    default: {
      async checkExists(): Promise<boolean> {
        return true;
      },
      async create(): Promise<boolean> {
        return true;
      },
      async delete(): Promise<boolean> {
        return true;
      },
    },
  };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const items = this.getInputData();
    const operation = this.getNodeParameter('operation', 0);
    if (operation === 'addRecipients') return [await addRecipients(this, items)];
    const waits = operation === 'placeAndWait';
    if (waits) refuseToWait(this, items.length);
    const outcomes = await eachItem(items.length, async (index) => {
      const answers = await run(this, index);
      if (waits) await sleep(this, items, answers[0] ?? {});
      return answers;
    });
    const failed = outcomes.flatMap((outcome) => ('error' in outcome ? [outcome] : []));
    const [first] = failed;
    if (first && !this.continueOnFail())
      throw new NodeOperationError(this.getNode(), first.error, {
        itemIndex: first.index,
        ...(items.length > 1 && {
          description: `${failed.length} of ${items.length} items failed, and the others were carried out. Calls that were placed are found again when the node is retried.`,
        }),
      });
    return [
      outcomes.flatMap((outcome): INodeExecutionData[] => {
        const pairedItem = { item: outcome.index };
        if ('error' in outcome) return [{ json: { error: outcome.error.message }, pairedItem }];
        return outcome.value.map((json) => ({ json, pairedItem }));
      }),
    ];
  }

  /**
   * The call that a sleeping execution waits for has ended; the body is its final report. All waits of an execution share one
   * address, so the report of an earlier call, delivered a second time, must not wake it.
   */
  async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
    const report = this.getBodyData();
    const awaited = this.customData.get(awaitedCall);
    // n8n keeps ten such values per execution; where the workflow itself took them all, nothing can be compared.
    if (awaited && report['call_id'] !== awaited) {
      this.getResponseObject().status(409).json({ error: 'The execution does not wait for this call.' });
      return { noWebhookResponse: true };
    }
    return { workflowData: [[{ json: report, pairedItem: { item: 0 } }]] };
  }
}

/** Said before anybody is called. An execution sleeps and wakes as one, so it can wait for one call at a time. */
function refuseToWait(node: IExecuteFunctions, items: number): void {
  if (node.isToolExecution?.())
    throw new NodeOperationError(node.getNode(), 'A tool cannot wait for a call to end. Use Place, and Get later.');
  if (items > 1)
    throw new NodeOperationError(node.getNode(), `Place and Wait takes one item at a time, and there are ${items}`, {
      description:
        'Put the node into a Loop Over Items with batch size 1, or use Place with the Parley Trigger. Nobody was called.',
    });
}

/** n8n hands on the input when the time is up before the report comes, so what is known by then is put there. */
async function sleep(node: IExecuteFunctions, items: INodeExecutionData[], call: IDataObject): Promise<void> {
  const hours = node.getNodeParameter('waitHours', 0, 24) as number;
  const [item] = items;
  if (item) item.json = { ...item.json, ...call, timed_out: true };
  node.customData.set(awaitedCall, String(call['call_id']));
  await node.putExecutionToWait(hours > 0 ? new Date(Date.now() + hours * hourMs) : WAIT_INDEFINITELY);
}

async function run(node: IExecuteFunctions, index: number): Promise<IDataObject[]> {
  const operation = node.getNodeParameter('operation', index) as string;
  const callPath = () => `/api/calls/${encodeURIComponent(node.getNodeParameter('callId', index) as string)}`;
  if (operation === 'place' || operation === 'placeAndWait')
    return [await place(node, index, operation === 'placeAndWait')];
  if (operation === 'get') return [await parleyRequest(node, 'GET', callPath(), {}, index)];
  if (operation === 'analyze') return [await parleyRequest(node, 'POST', `${callPath()}/analyze`, {}, index)];
  if (operation === 'getAll') return list(node, index);
  if (operation === 'hangUp') return [await parleyRequest(node, 'POST', `${callPath()}/hang-up`, {}, index)];
  if (operation === 'transfer') {
    const body = present({
      to: asText(node.getNodeParameter('transferTo', index)),
      mode: node.getNodeParameter('transferMode', index, 'blind'),
      briefing: node.getNodeParameter('briefing', index, ''),
    }) as IDataObject;
    return [await parleyRequest(node, 'POST', `${callPath()}/transfer`, { body }, index)];
  }
  if (operation === 'upsert') {
    const { data, phoneNumber, ...fields } = node.getNodeParameter('fields', index, {}) as IDataObject;
    const email = node.getNodeParameter('email', index) as string;
    const body = present({
      email,
      phone_number: asText(phoneNumber),
      data: readJson(data, 'Data'),
      ...fields,
    }) as IDataObject;
    return [await parleyRequest(node, 'POST', '/api/leads', { body }, index)];
  }
  const done =
    (await runDoNotCall(node, operation, index)) ??
    (await runCampaign(node, operation, index)) ??
    (await runTool(node, operation, index));
  if (done) return done;
  throw new NodeOperationError(node.getNode(), `There is no operation "${operation}".`, { itemIndex: index });
}

async function place(node: IExecuteFunctions, index: number, waits: boolean): Promise<IDataObject> {
  const options = node.getNodeParameter('options', index, {}) as IDataObject;
  if (waits && options['dryRun'])
    throw new NodeOperationError(node.getNode(), 'Dry Run calls nobody, so there is nothing to wait for. Use Place.', {
      itemIndex: index,
    });
  const body = dispatchBody({
    to: String(node.getNodeParameter('to', index) ?? ''),
    agent: node.getNodeParameter('agent', index) as string,
    variables: node.getNodeParameter('variables', index, {}),
    options,
    timezone: node.getTimezone(),
    ...(waits && { resumeUrl: (node.getWorkflowDataProxy(index).$execution as { resumeUrl: string }).resumeUrl }),
  }) as IDataObject;
  return postOnce(node, index, { path: '/api/dispatch', body });
}

async function list(node: IExecuteFunctions, index: number): Promise<IDataObject[]> {
  const filters = node.getNodeParameter('filters', index, {}) as IDataObject;
  const wanted = node.getNodeParameter('returnAll', index)
    ? Infinity
    : (node.getNodeParameter('limit', index) as number);
  const time = (name: string, label: string) =>
    filters[name] ? withOffset(filters[name], node.getTimezone(), label) : undefined;
  const query = {
    agent: filters['agent'],
    phone_number: asText(filters['phoneNumber']),
    lead_id: filters['leadId'],
    q: asText(filters['words']),
    status: ((filters['status'] as string[] | undefined) ?? []).join(','),
    created_after: time('createdAfter', 'Created After'),
    created_before: time('createdBefore', 'Created Before'),
  };
  const found: IDataObject[] = [];
  let cursor: unknown;
  do {
    const qs = present({ ...query, cursor, limit: Math.min(wanted - found.length, pageSize) }) as IDataObject;
    const page = await parleyRequest(node, 'GET', '/api/calls', { qs }, index);
    found.push(...(page['calls'] as IDataObject[]));
    cursor = page['next_cursor'];
  } while (cursor && found.length < wanted);
  return found;
}

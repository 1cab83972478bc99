import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { NodeOperationError, sleep } from 'n8n-workflow';
import { dispatchOptions } from './dispatch-options';
import { campaignBody, isAtRest, recipientBody, recipientsAtOnce } from './dispatch-request';
import { parleyRequest } from './parley-request';
import { postOnce } from './post-once';

const shownFor = (...operation: string[]) => ({ show: { resource: ['campaign'], operation } });
const path = '/api/campaigns';
const minuteMs = 60_000;
/** Between two looks at a campaign that is waited for. */
const lookEveryMs = 5_000;

export const campaignOperations: INodeProperties = {
  displayName: 'Operation',
  name: 'operation',
  type: 'options',
  noDataExpression: true,
  displayOptions: { show: { resource: ['campaign'] } },
  default: 'createCampaign',
  options: [
    {
      name: 'Add Recipients',
      value: 'addRecipients',
      action: 'Add recipients to a campaign',
      description: 'Add the person of each item; a number is called once, however often it is added',
    },
    {
      name: 'Control',
      value: 'controlCampaign',
      action: 'Control a campaign',
      description: 'Start, pause, resume or cancel a campaign',
    },
    {
      name: 'Create',
      value: 'createCampaign',
      action: 'Create a campaign',
      description: 'One order for many people; the same node run again finds the campaign it made',
    },
    {
      name: 'Get',
      value: 'getCampaign',
      action: 'Get a campaign',
      description: 'Read a campaign with its progress',
    },
    {
      name: 'Wait for the End',
      value: 'waitForCampaign',
      action: 'Wait for the end of a campaign',
      description: 'Go on when the campaign is completed, canceled or paused',
    },
  ],
};

export const campaignFields: INodeProperties[] = [
  {
    displayName: 'Name',
    name: 'campaignName',
    type: 'string',
    required: true,
    default: '',
    displayOptions: shownFor('createCampaign'),
  },
  {
    displayName: 'Agent Name or ID',
    name: 'agent',
    type: 'options',
    typeOptions: { loadOptionsMethod: 'getAgents' },
    required: true,
    default: '',
    description:
      'Who speaks. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
    displayOptions: shownFor('createCampaign'),
  },
  {
    displayName: 'Variables',
    name: 'variables',
    type: 'json',
    default: '{}',
    description: 'Values for {{name}} in the agent, for every recipient, as a JSON object',
    displayOptions: shownFor('createCampaign'),
  },
  {
    displayName: 'Leads',
    name: 'leads',
    type: 'json',
    default: '{}',
    placeholder: '{"data": {"plan": "gold"}, "never_called": true}',
    description: 'Which leads to call, as a JSON object. Empty adds nobody; use Add Recipients.',
    displayOptions: shownFor('createCampaign'),
  },
  {
    displayName: 'Start',
    name: 'startCampaign',
    type: 'boolean',
    default: false,
    description: 'Whether to start calling right away',
    displayOptions: shownFor('createCampaign'),
  },
  {
    displayName: 'Pacing',
    name: 'pacing',
    type: 'collection',
    placeholder: 'Add Limit',
    default: {},
    displayOptions: shownFor('createCampaign'),
    options: [
      { displayName: 'Calls at Once', name: 'maxCalls', type: 'number', default: 10 },
      { displayName: 'Calls per Minute', name: 'callsPerMinute', type: 'number', default: 30 },
      {
        displayName: 'Conversations at Once',
        name: 'maxConversations',
        type: 'number',
        default: 5,
        description: 'How many people should be on the line at once',
      },
      {
        displayName: 'Spend at Most (USD)',
        name: 'maxSpendUsd',
        type: 'number',
        default: 50,
        description: 'The campaign pauses when its calls have cost this much',
      },
    ],
  },
  { ...dispatchOptions, displayOptions: shownFor('createCampaign') },
  {
    displayName: 'Campaign ID',
    name: 'campaignId',
    type: 'string',
    required: true,
    default: '',
    placeholder: 'campaign_01JTAVN8M3Q4Z6T0Y7W2K5X9BC',
    displayOptions: shownFor('addRecipients', 'controlCampaign', 'getCampaign', 'waitForCampaign'),
  },
  {
    displayName: 'To',
    name: 'recipientTo',
    type: 'string',
    required: true,
    default: '',
    placeholder: '+14155550123',
    description: 'Number to call, in E.164',
    displayOptions: shownFor('addRecipients'),
  },
  {
    displayName: 'Variables',
    name: 'recipientVariables',
    type: 'json',
    default: '{}',
    description: 'Values for {{name}} in the agent, for this person, as a JSON object',
    displayOptions: shownFor('addRecipients'),
  },
  {
    displayName: 'Command',
    name: 'campaignCommand',
    type: 'options',
    default: 'start',
    options: [
      { name: 'Cancel', value: 'cancel' },
      { name: 'Pause', value: 'pause' },
      { name: 'Resume', value: 'resume' },
      { name: 'Start', value: 'start' },
    ],
    displayOptions: shownFor('controlCampaign'),
  },
  {
    displayName: 'Wait at Most (Minutes)',
    name: 'waitMinutes',
    type: 'number',
    typeOptions: { minValue: 1 },
    default: 60,
    description:
      'After this the execution goes on with "timed_out": true. The execution stays active meanwhile; for a wait that outlives a restart of n8n, loop over Get and a Wait node.',
    displayOptions: shownFor('waitForCampaign'),
  },
];

/** One operation of a campaign. Undefined: it is none of these. */
export async function runCampaign(
  node: IExecuteFunctions,
  operation: string,
  index: number,
): Promise<IDataObject[] | undefined> {
  if (operation === 'createCampaign') return [await create(node, index)];
  if (!['controlCampaign', 'getCampaign', 'waitForCampaign'].includes(operation)) return undefined;
  const one = `${path}/${encodeURIComponent(String(node.getNodeParameter('campaignId', index)))}`;
  if (operation === 'getCampaign') return [await parleyRequest(node, 'GET', one, {}, index)];
  if (operation === 'waitForCampaign') return [await waitForEnd(node, one, index)];
  const command = String(node.getNodeParameter('campaignCommand', index));
  return [await parleyRequest(node, 'POST', `${one}/${command}`, {}, index)];
}

/** The person of each item, sent together where they go to the same campaign. One output item per request. */
export async function addRecipients(
  node: IExecuteFunctions,
  items: INodeExecutionData[],
): Promise<INodeExecutionData[]> {
  const added: INodeExecutionData[] = [];
  for (let from = 0; from < items.length;) {
    const campaignId = String(node.getNodeParameter('campaignId', from));
    const recipients: IDataObject[] = [];
    let to = from;
    for (; to < items.length && recipients.length < recipientsAtOnce; to += 1) {
      if (String(node.getNodeParameter('campaignId', to)) !== campaignId) break;
      recipients.push(recipientOf(node, to));
    }
    const body = { recipients };
    const json = await parleyRequest(
      node,
      'POST',
      `${path}/${encodeURIComponent(campaignId)}/recipients`,
      { body },
      from,
    );
    const pairedItem = recipients.map((_, offset) => ({ item: from + offset }));
    added.push({ json: { campaign_id: campaignId, ...json }, pairedItem });
    from = to;
  }
  return added;
}

function recipientOf(node: IExecuteFunctions, index: number): IDataObject {
  try {
    return recipientBody({
      to: String(node.getNodeParameter('recipientTo', index)),
      variables: node.getNodeParameter('recipientVariables', index, {}),
    }) as IDataObject;
  } catch (error) {
    throw new NodeOperationError(node.getNode(), error as Error, { itemIndex: index });
  }
}

async function create(node: IExecuteFunctions, index: number): Promise<IDataObject> {
  const body = campaignBody({
    name: String(node.getNodeParameter('campaignName', index)),
    agent: node.getNodeParameter('agent', index) as string,
    variables: node.getNodeParameter('variables', index, {}),
    leads: node.getNodeParameter('leads', index, {}),
    pacing: node.getNodeParameter('pacing', index, {}) as IDataObject,
    start: node.getNodeParameter('startCampaign', index, false) as boolean,
    options: node.getNodeParameter('options', index, {}) as IDataObject,
    timezone: node.getTimezone(),
  }) as IDataObject;
  return postOnce(node, index, { path, body });
}

async function waitForEnd(node: IExecuteFunctions, one: string, index: number): Promise<IDataObject> {
  const minutes = node.getNodeParameter('waitMinutes', index, 60) as number;
  for (const deadline = Date.now() + minutes * minuteMs; ;) {
    const campaign = await parleyRequest(node, 'GET', one, {}, index);
    if (isAtRest(campaign)) return campaign;
    if (Date.now() >= deadline || node.getExecutionCancelSignal()?.aborted) return { ...campaign, timed_out: true };
    await sleep(lookEveryMs);
  }
}

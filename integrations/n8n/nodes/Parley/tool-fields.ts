import type { IDataObject, IExecuteFunctions, INodeProperties, JsonObject } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';
import { readJson } from './dispatch-request';
import { parleyRequest, statusOf } from './parley-request';

const shownFor = (...operation: string[]) => ({ show: { resource: ['tool'], operation } });

export const toolOperations: INodeProperties = {
  displayName: 'Operation',
  name: 'operation',
  type: 'options',
  noDataExpression: true,
  displayOptions: { show: { resource: ['tool'] } },
  default: 'answerTool',
  options: [
    {
      name: 'Answer',
      value: 'answerTool',
      action: 'Answer a tool of an agent',
      description: 'Give the answer of a workflow that an agent runs as a tool and that answered 202 at first',
    },
    {
      name: 'Get Many of a Call',
      value: 'getToolRuns',
      action: 'List what the tools of a call did',
      description: 'List what the tools of a call did and answered, in order',
    },
  ],
};

export const toolFields: INodeProperties[] = [
  {
    displayName: 'Resume URL',
    name: 'resumeUrl',
    type: 'string',
    required: true,
    default: "={{ $('Webhook').item.json.headers['parley-resume-url'] }}",
    description: 'Where the agent waits: it comes with the request with which it began this workflow',
    displayOptions: shownFor('answerTool'),
  },
  {
    displayName: 'Answer',
    name: 'answer',
    type: 'json',
    default: '={{ JSON.stringify($json) }}',
    description: 'What the agent receives, as JSON',
    displayOptions: shownFor('answerTool'),
  },
  {
    displayName: 'Outcome',
    name: 'outcome',
    type: 'options',
    default: 'done',
    options: [
      { name: 'Done', value: 'done', description: 'It was carried out' },
      { name: 'Refused', value: 'refused', description: 'It was not, and the answer says why' },
    ],
    displayOptions: shownFor('answerTool'),
  },
  {
    displayName: 'Call ID',
    name: 'callId',
    type: 'string',
    required: true,
    default: '',
    placeholder: 'call_01JTAVN8M3Q4Z6T0Y7W2K5X9BC',
    displayOptions: shownFor('getToolRuns'),
  },
];

/** One operation of tools. Undefined: it is none of these. */
export async function runTool(
  node: IExecuteFunctions,
  operation: string,
  index: number,
): Promise<IDataObject[] | undefined> {
  if (operation === 'answerTool') return [await answer(node, index)];
  if (operation !== 'getToolRuns') return undefined;
  const id = encodeURIComponent(node.getNodeParameter('callId', index) as string);
  const { tool_runs: runs } = await parleyRequest(node, 'GET', `/api/calls/${id}/tool-runs`, {}, index);
  return runs as IDataObject[];
}

/** The address is the permission: it needs no key, and it takes one answer. */
async function answer(node: IExecuteFunctions, index: number): Promise<IDataObject> {
  const url = node.getNodeParameter('resumeUrl', index) as string;
  const body = (readJson(node.getNodeParameter('answer', index, {}), 'Answer') ?? {}) as IDataObject;
  const qs = { outcome: node.getNodeParameter('outcome', index, 'done') };
  try {
    return (await node.helpers.httpRequest({ method: 'POST', url, qs, body, json: true })) as IDataObject;
  } catch (error) {
    throw new NodeApiError(node.getNode(), error as JsonObject, {
      itemIndex: index,
      ...(statusOf(error) === 404 && {
        message: 'No tool waits for an answer at this address',
        description: 'It has been answered already, or the address is not that of the header Parley-Resume-Url.',
      }),
    });
  }
}

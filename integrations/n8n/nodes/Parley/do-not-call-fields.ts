import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { present } from './dispatch-request';
import { parleyRequest } from './parley-request';

const shown = { show: { resource: ['doNotCall'] } };
const path = '/api/do-not-call';

export const doNotCallOperations: INodeProperties = {
  displayName: 'Operation',
  name: 'operation',
  type: 'options',
  noDataExpression: true,
  displayOptions: shown,
  default: 'addDoNotCall',
  options: [
    {
      name: 'Add',
      value: 'addDoNotCall',
      action: 'Add a number to the do not call list',
      description: 'Never call a number again, from this moment on',
    },
    {
      name: 'Check',
      value: 'checkDoNotCall',
      action: 'Check a number against the do not call list',
      description: 'Whether a number may be called',
    },
    {
      name: 'Remove',
      value: 'removeDoNotCall',
      action: 'Remove a number from the do not call list',
      description: 'Let a number be called again',
    },
  ],
};

export const doNotCallFields: INodeProperties[] = [
  {
    displayName: 'Phone Number',
    name: 'listedNumber',
    type: 'string',
    placeholder: '+14155552671',
    required: true,
    default: '',
    description: 'In E.164',
    displayOptions: shown,
  },
  {
    displayName: 'Reason',
    name: 'reason',
    type: 'string',
    default: '',
    description: 'Kept with the number',
    displayOptions: { show: { resource: ['doNotCall'], operation: ['addDoNotCall'] } },
  },
  {
    displayName: 'Call ID',
    name: 'sourceCallId',
    type: 'string',
    default: '',
    description: 'The call in which it was asked for',
    displayOptions: { show: { resource: ['doNotCall'], operation: ['addDoNotCall'] } },
  },
];

/** One operation of the list. Undefined: it is none of these. */
export async function runDoNotCall(
  node: IExecuteFunctions,
  operation: string,
  index: number,
): Promise<IDataObject[] | undefined> {
  if (!['addDoNotCall', 'checkDoNotCall', 'removeDoNotCall'].includes(operation)) return undefined;
  const phoneNumber = String(node.getNodeParameter('listedNumber', index)).trim();
  if (operation === 'addDoNotCall') {
    const body = present({
      phone_number: phoneNumber,
      reason: node.getNodeParameter('reason', index, ''),
      call_id: node.getNodeParameter('sourceCallId', index, ''),
    }) as IDataObject;
    return [await parleyRequest(node, 'POST', path, { body }, index)];
  }
  if (operation === 'removeDoNotCall') {
    await parleyRequest(node, 'DELETE', `${path}/${encodeURIComponent(phoneNumber)}`, {}, index);
    return [{ phone_number: phoneNumber, may_be_called: true }];
  }
  const { entries } = await parleyRequest(node, 'GET', path, { qs: { phone_number: phoneNumber } }, index);
  const [entry] = entries as IDataObject[];
  return [{ phone_number: phoneNumber, may_be_called: entry === undefined, ...entry }];
}

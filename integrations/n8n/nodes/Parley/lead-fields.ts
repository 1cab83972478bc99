import type { INodeProperties } from 'n8n-workflow';

const shown = { show: { resource: ['lead'] } };

export const leadOperations: INodeProperties = {
  displayName: 'Operation',
  name: 'operation',
  type: 'options',
  noDataExpression: true,
  displayOptions: shown,
  default: 'upsert',
  options: [
    {
      name: 'Create or Update',
      value: 'upsert',
      action: 'Create or update a lead',
      description: 'Create a new record, or update the current one if it already exists (upsert)',
    },
  ],
};

export const leadFields: INodeProperties[] = [
  {
    displayName: 'Email',
    name: 'email',
    type: 'string',
    placeholder: 'name@email.com',
    required: true,
    default: '',
    description: 'Identifies the lead: the one with this email is updated',
    displayOptions: shown,
  },
  {
    displayName: 'Fields',
    name: 'fields',
    type: 'collection',
    placeholder: 'Add Field',
    default: {},
    displayOptions: shown,
    options: [
      { displayName: 'Company', name: 'company', type: 'string', default: '' },
      {
        displayName: 'Data',
        name: 'data',
        type: 'json',
        default: '{}',
        description: 'Anything else, as a JSON object; merged with what is stored, key by key',
      },
      { displayName: 'Name', name: 'name', type: 'string', default: '' },
      { displayName: 'Phone Number', name: 'phoneNumber', type: 'string', default: '', description: 'In E.164' },
    ],
  },
];

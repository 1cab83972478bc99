import type {
  IAuthenticateGeneric,
  Icon,
  ICredentialTestRequest,
  ICredentialType,
  INodeProperties,
} from 'n8n-workflow';

export class ParleyApi implements ICredentialType {
  name = 'parleyApi';

  displayName = 'Parley API';

  icon: Icon = { light: 'file:../icons/parley.svg', dark: 'file:../icons/parley.dark.svg' };

  documentationUrl = 'https://parley.example.com/docs/n8n.md';

  properties: INodeProperties[] = [
    {
      displayName: 'Base URL',
      name: 'baseUrl',
      type: 'string',
      default: '',
      required: true,
      placeholder: 'https://parley.example.com',
      description: 'Where Parley’s API answers, without /api',
    },
    {
      displayName: 'API Key',
      name: 'apiKey',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      required: true,
      description:
        'The scopes calls:read and calls:write place calls, leads:write writes leads; the trigger registers its address, which needs admin',
    },
  ];

  authenticate: IAuthenticateGeneric = {
    type: 'generic',
    properties: { headers: { 'X-API-Key': '={{$credentials.apiKey}}' } },
  };

  // Reads nothing but the list of agents, and fails for a wrong address as well as for a wrong key.
  test: ICredentialTestRequest = {
    request: { baseURL: '={{$credentials.baseUrl.replace(/\\/+$/, "")}}', url: '/api/agents', method: 'GET' },
  };
}

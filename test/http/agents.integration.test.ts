import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, openApi } from './open-api.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

describe('agents', () => {
  test('are listed with their variables and what they can run on', async () => {
    const { body } = await api.send('GET', '/api/agents');
    expect(body.agents.find(({ name }: { name: string }) => name === 'reminder')).toMatchObject({
      variables: { name: null },
      pipeline: 'embedded',
      scripted: true,
      pipelines: ['embedded'],
    });
    expect(body.agents.find(({ name }: { name: string }) => name === 'unscripted')).toMatchObject({
      pipeline: null,
      pipelines: [],
    });
    expect(body.pipelines).toMatchObject([
      { name: 'cloud', usable: false, reason: /DEEPGRAM_API_KEY/ },
      { name: 'lan', usable: false },
      { name: 'embedded', usable: true, reason: null, scripted: true },
    ]);
    expect((await api.send('GET', '/api/agents/receptionist')).body.name).toBe('receptionist');
    expect(await api.send('GET', '/api/agents/nobody')).toMatchObject({
      status: 404,
      body: { code: 'agent_not_found' },
    });
  });
});

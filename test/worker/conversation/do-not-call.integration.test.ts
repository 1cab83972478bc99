import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Call } from '../../../src/calls/call.ts';
import { admissionStore } from '../../../src/store/calls/admission-store.ts';
import { callStore } from '../../../src/store/calls/call-store.ts';
import { doNotCallStore } from '../../../src/store/people/do-not-call-store.ts';
import { doNotCall } from '../../../src/worker/conversation/tools/do-not-call.ts';
import { toolNamesOf } from '../../../src/worker/conversation/tools/call-tools.ts';
import type { ToolContext } from '../../../src/worker/conversation/tools/call-tool.ts';
import { aCall, openStore } from '../../store/open-store.ts';
import { anAgent } from '../an-agent.ts';

let store: Awaited<ReturnType<typeof openStore>>;
beforeAll(async () => {
  store = await openStore();
});
afterAll(() => store.close());

test('agents have the tool in calls that they place, and in others where their file says so', () => {
  const agent = anAgent({ tools: ['end-call'] });
  expect(toolNamesOf(agent, { direction: 'outbound' })).toEqual(['end-call', 'do-not-call']);
  expect(toolNamesOf(agent, { direction: 'inbound' })).toEqual(['end-call']);
  expect(toolNamesOf(anAgent({ tools: ['do-not-call'] }), { direction: 'outbound' })).toEqual(['do-not-call']);
});

test('whoever asks not to be called is not called from the moment the agent hears it', async () => {
  const call: Call = await callStore(store.database).insertCall(aCall(), { type: 'call.queued' });
  const tool = doNotCall({ call, doNotCall: doNotCallStore(store.database), log: () => {} } as unknown as ToolContext);
  const answer: unknown = await tool.execute({ reason: 'you call too often' }, {} as never);
  expect(answer).toBe('The number will not be called again.');
  // The call goes on meanwhile.
  expect((await callStore(store.database).findCall(call.id))?.endedAt).toBeNull();
  const figures = { tenantId: call.tenantId, trunkId: 'ST_1', phoneNumber: call.phoneNumber! };
  expect(await admissionStore(store.database).figures(figures)).toMatchObject({ doNotCall: true });
  expect(await doNotCallStore(store.database).find(call.tenantId, call.phoneNumber!)).toMatchObject({
    reason: 'you call too often',
    source: 'agent',
    callId: call.id,
  });
});

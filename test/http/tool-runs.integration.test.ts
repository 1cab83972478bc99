import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/calls/new-id.ts';
import type { Api } from './open-api.ts';
import { openApi } from './open-api.ts';
import { aCall } from '../store/open-store.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

/** A tool of a call said that it answers later. */
async function aWaitingRun() {
  const { calls, toolRuns } = api.deps;
  const call = await calls.insertCall(aCall({ direction: 'web', state: 'in_progress' }), { type: 'call.state' });
  const { epoch } = (await calls.takeLease({ callId: call.id, owner: randomUUID(), seconds: 60 }))!;
  const id = newId('tool');
  const run = {
    tool: 'book',
    turn: 1,
    arguments: { day: '5' },
    argumentsHash: 'x',
    resumeToken: 'right',
    claim: randomUUID(),
  };
  await toolRuns.begin({ id, callId: call.id, epoch, ...run });
  await toolRuns.settle(id, { is: 'waiting', status: 202 });
  return { id, call };
}

const answer = (path: string, body: string, headers: Record<string, string> = { 'Content-Type': 'application/json' }) =>
  api.send('POST', path, { key: null, headers, body });

test('whoever has the address answers once, without a key, and the call has the answer', async () => {
  const { id, call } = await aWaitingRun();
  const path = `/tool-runs/${id}/answer?token=right`;
  const taken = await answer(path, JSON.stringify({ number: 7 }));
  expect([taken.status, taken.body]).toEqual([202, { tool_run_id: id, call_id: call.id, call_goes_on: true }]);
  const again = await answer(path, JSON.stringify({ number: 8 }));
  expect([again.status, again.body.code]).toEqual([404, 'tool_run_not_found']);
  const listed = await api.send('GET', `/api/calls/${call.id}/tool-runs`);
  expect(listed.body).toEqual({
    tool_runs: [
      {
        tool_run_id: id,
        tool: 'book',
        arguments: { day: '5' },
        state: 'done',
        status: null,
        answer: { number: 7 },
        note: null,
        created_at: expect.any(String),
        settled_at: expect.any(String),
        told_at: null,
      },
    ],
  });
});

test('another token, a run that is none and a run of another tenant tell nothing', async () => {
  const { id, call } = await aWaitingRun();
  for (const path of [
    `/tool-runs/${id}/answer?token=wrong`,
    `/tool-runs/${id}/answer`,
    '/tool-runs/tool_0/answer?token=right',
  ])
    expect((await answer(path, '{}')).status, path).toBe(404);
  expect((await api.send('GET', `/api/calls/${call.id}/tool-runs`, { key: api.otherKey })).status).toBe(404);
});

test('a text, nothing at all and a refusal are answers; what is too large is not', async () => {
  const state = async (query: string, body: string, headers?: Record<string, string>) => {
    const { id } = await aWaitingRun();
    const taken = await answer(`/tool-runs/${id}/answer?token=right${query}`, body, headers);
    const run = await api.deps.toolRuns.find(id);
    return [taken.status, run!.state, run!.outcome?.answer];
  };
  expect(await state('', 'It is ready.', { 'Content-Type': 'text/plain' })).toEqual([202, 'done', 'It is ready.']);
  expect(await state('', '', {})).toEqual([202, 'done', undefined]);
  expect(await state('&outcome=refused', '"sold out"')).toEqual([202, 'refused', 'sold out']);
  expect(await state('', `"${'x'.repeat(2_000_000)}"`)).toEqual([413, 'waiting', undefined]);
});

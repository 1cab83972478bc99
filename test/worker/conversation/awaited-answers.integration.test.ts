import { randomUUID } from 'node:crypto';
import { llm } from '@livekit/agents';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../../src/calls/new-id.ts';
import type { ToolOutcome } from '../../../src/calls/tools/tool-outcome.ts';
import { callStore } from '../../../src/store/calls/call-store.ts';
import { toolRunStore } from '../../../src/store/calls/tool-run-store.ts';
import { CallAgent } from '../../../src/worker/conversation/call-agent.ts';
import { AwaitedAnswers } from '../../../src/worker/conversation/tools/awaited-answers.ts';
import { LateAnswers } from '../../../src/worker/conversation/tools/late-answers.ts';
import { aCall, openStore } from '../../store/open-store.ts';

let store: Awaited<ReturnType<typeof openStore>>;
beforeAll(async () => {
  store = await openStore();
});
afterAll(() => store.close());

test('a session that takes a call over knows what the one before it had done, and not told', async () => {
  const calls = callStore(store.database);
  const runs = toolRunStore(store.database);
  const call = await calls.insertCall(aCall({ direction: 'web', state: 'in_progress' }), { type: 'call.state' });
  const { epoch } = (await calls.takeLease({ callId: call.id, owner: randomUUID(), seconds: 60 }))!;
  const ran = async (tool: string, outcome?: ToolOutcome) => {
    const id = newId('tool');
    const run = { tool, turn: 1, arguments: { day: '5' }, argumentsHash: tool, resumeToken: 'x', claim: randomUUID() };
    await runs.begin({ id, callId: call.id, epoch, ...run });
    if (outcome) await runs.settle(id, outcome);
    return id;
  };
  await ran('book-done', { is: 'done', answer: { number: 7 } });
  await ran('book-lost');
  await ran('book-failed', { is: 'failed', note: 'away' });
  await runs.told(await ran('book-told', { is: 'done', answer: 1 }), { epoch });

  const agent = new CallAgent({
    instructions: '',
    tools: {},
    chatCtx: llm.ChatContext.empty(),
    isForTheAgent: () => true,
  });
  const late = new LateAnswers({ told: () => undefined, log: () => undefined });
  late.attach(
    {
      waitForIdle: () => new Promise<never>(() => undefined),
      generateReply: () => expect.unreachable(),
      emit: () => true,
    },
    agent,
  );
  const awaited = new AwaitedAnswers({ callId: call.id, runs, late, log: () => undefined });
  await awaited.restore();
  awaited.stop();
  const known = agent.chatCtx.items.map((item) =>
    item.type === 'function_call'
      ? [item.name, item.args]
      : item.type === 'function_call_output' && JSON.parse(item.output),
  );
  expect(known).toEqual([
    ['book_done', '{"day":"5"}'],
    { outcome: 'done', answer: { number: 7 } },
    ['book_lost', '{"day":"5"}'],
    { outcome: 'unknown', note: expect.stringContaining('Nobody knows') },
  ]);
});

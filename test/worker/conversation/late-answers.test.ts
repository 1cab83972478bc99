import { AsyncLocalStorage } from 'node:async_hooks';
import { llm } from '@livekit/agents';
import { expect, test } from 'vitest';
import { CallAgent } from '../../../src/worker/conversation/call-agent.ts';
import { LateAnswers } from '../../../src/worker/conversation/tools/late-answers.ts';

test('a late answer is spoken of outside of its tool, where the model may call the next one', async () => {
  const within = new AsyncLocalStorage<string>();
  const spokenIn: (string | undefined)[] = [];
  const late = new LateAnswers({ told: () => undefined, log: () => undefined });
  const agent = new CallAgent({
    instructions: 'You answer the phone.',
    tools: {},
    chatCtx: llm.ChatContext.empty(),
    isForTheAgent: () => true,
  });
  const spoken = Promise.withResolvers<void>();
  const session = {
    waitForIdle: () => Promise.resolve(),
    emit: () => true,
    generateReply: () => {
      spokenIn.push(within.getStore());
      spoken.resolve();
      return { addDoneCallback: () => undefined };
    },
  };
  late.attach(session as unknown as Parameters<typeof late.attach>[0], agent);
  const question = llm.FunctionCall.create({ callId: '1', name: 'ask_for', args: '{}' });
  within.run('the tool', () => late.interrupted(question, { runId: '1', told: { outcome: 'done' }, isError: false }));
  await spoken.promise;
  expect(spokenIn).toEqual([undefined]);
});

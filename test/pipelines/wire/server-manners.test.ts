import { llm } from '@livekit/agents';
import { describe, expect, test } from 'vitest';
import { fittingMessages } from '../../../pipelines/wire/chat-messages.ts';
import { openaiCompatibleLlm } from '../../../pipelines/providers/openai-compatible-llm.ts';
import { FallbackModel } from '../../../pipelines/fallback/fallback-llm.ts';
import { type ChatBody, startOpenRouterDouble } from '../../fakes/openrouter-double.ts';
import { contextForTest, standbysForTest } from '../call-for-test.ts';
import { toolsForTest } from '../answer/tools-for-test.ts';

const system = { role: 'system', content: 'You answer the phone.' };
const greeting = { role: 'assistant', content: 'Hello, how can I help?' };
const user = (content: string) => ({ role: 'user', content });
const assistant = (content: string) => ({ role: 'assistant', content });

describe('a conversation as a template takes it', () => {
  test('neighbours of one role are one message, everywhere', () => {
    expect(fittingMessages([system, greeting, user('When'), user('are you open?')], 'none')).toEqual([
      system,
      greeting,
      user('When\nare you open?'),
    ]);
  });

  test('roles alternate and begin with the caller; the greeting stands in the system text', () => {
    const calls = [{ id: 'a', function: { name: 'end_call', arguments: '{}' } }];
    const talk = [
      system,
      greeting,
      user('Hi'),
      assistant('Yes?'),
      { role: 'system', content: 'Be brief.' },
      user('Bye'),
    ];
    expect(fittingMessages(talk, 'alternating')).toEqual([
      { role: 'system', content: 'You answer the phone.\n\nYou opened the call with: "Hello, how can I help?"' },
      user('Hi'),
      assistant('Yes?'),
      user('(Note: Be brief.)\nBye'),
    ]);
    const withTool = [
      system,
      user('Bye'),
      { role: 'assistant', tool_calls: calls },
      { role: 'tool', tool_call_id: 'a', content: 'ok' },
    ];
    expect(fittingMessages(withTool, 'alternating')).toEqual(withTool);
    expect(fittingMessages([system, greeting], 'alternating').at(-1)).toEqual(user('(The call has begun.)'));
  });

  test('without a system role the text stands in the first message of the caller', () => {
    expect(fittingMessages([system, greeting, user('Hi')], 'no_system')).toEqual([
      user('You answer the phone.\n\nYou opened the call with: "Hello, how can I help?"\n\nHi'),
    ]);
  });
});

/** A server that refuses what its template does not take, in the words of real ones. */
type Rule = { refuses: (body: ChatBody) => boolean; status: number; says: string };

const alternates: Rule = {
  status: 400,
  says: 'Conversation roles must alternate user/assistant/user/assistant/...',
  refuses: ({ messages }) =>
    messages
      .filter(({ role }) => role !== 'system')
      .some(({ role }, at) => role !== (at % 2 === 0 ? 'user' : 'assistant')),
};
const noSystem: Rule = {
  status: 400,
  says: 'System role not supported',
  refuses: ({ messages }) => messages.some(({ role }) => role === 'system'),
};
const noTools: Rule = {
  status: 400,
  says: '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
  refuses: ({ tools }) => tools !== undefined,
};
const noOptions: Rule = {
  status: 400,
  says: "Unrecognized request argument supplied: 'stream_options'",
  refuses: ({ stream_options }) => stream_options !== undefined,
};
const short: Rule = {
  status: 400,
  says: "This model's maximum context length is 4096 tokens. context_length_exceeded",
  refuses: ({ messages }) => messages.length > 4,
};

let model = 0;

async function strict(rules: readonly Rule[]) {
  const double = await startOpenRouterDouble({
    reply: ({ messages }) =>
      JSON.stringify(messages).includes('You can call these tools')
        ? '{"name": "end_call", "parameters": {}}'
        : 'We are open.',
    check: (body) => rules.find(({ refuses }) => refuses(body)),
  });
  const context = contextForTest();
  const options = openaiCompatibleLlm.options.parse({ url: double.url, model: `strict-${(model += 1)}` });
  const llmOf = () =>
    new FallbackModel(
      standbysForTest('llm', { 'openai-compatible-llm': openaiCompatibleLlm.create(options) }, { context }),
    );
  const chatCtx = llm.ChatContext.empty();
  for (const { role, content } of [system, greeting, user('Hi there'), user('when are you open?')])
    chatCtx.addMessage({ role: role as 'user', content });
  const ask = async (toolCtx?: llm.ToolContext) => {
    const call = llmOf();
    call.on('error', () => undefined);
    const answer = await call.chat({ chatCtx, ...(toolCtx && { toolCtx }) }).collect();
    await call.aclose();
    return answer;
  };
  return { double, context, chatCtx, ask };
}

describe('a server that refuses a conversation is asked in the way it takes', () => {
  test.each([
    ['roles that alternate', [alternates]],
    ['no system role', [noSystem, alternates]],
    ['a field it does not know', [noOptions]],
    ['all at once', [noOptions, noTools, noSystem, alternates]],
  ])('%s', async (_what, rules) => {
    const { double, context, ask } = await strict(rules);
    expect((await ask()).text).toBe('We are open.');
    const first = double.requests.length;
    expect((await ask()).text).toBe('We are open.');
    // What one call learned the next one knows.
    expect(double.requests.length - first).toBe(1);
    expect(context.failures).toEqual([]);
    await double.close();
  });

  test('without tools they are described, and what is written is the call', async () => {
    const { double, ask } = await strict([noTools]);
    const { toolCalls } = await ask(toolsForTest);
    expect(toolCalls.map(({ name, args }) => [name, args])).toEqual([['end_call', '{}']]);
    await double.close();
  });

  test('too long a conversation loses its older half, not the call', async () => {
    const { double, context, chatCtx, ask } = await strict([short]);
    for (let turn = 0; turn < 12; turn += 1)
      chatCtx.addMessage({ role: turn % 2 ? 'user' : 'assistant', content: `Turn ${turn}` });
    expect((await ask()).text).toBe('We are open.');
    expect(double.requests.at(-1)?.messages[0]).toEqual(system);
    expect(double.requests.at(-1)?.messages.at(-1)).toEqual(user('Turn 11'));
    expect(context.failures).toEqual([]);
    await double.close();
  });
});

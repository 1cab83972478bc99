import { llm } from '@livekit/agents';
import { describe, expect, it } from 'vitest';
import { scriptedLlm } from '../../../pipelines/providers/scripted-llm.ts';
import { createScriptedBrain } from '../../../pipelines/scripted/create-scripted-brain.ts';
import { scriptSchema } from '../../../pipelines/scripted/script.ts';
import type { ChatModel } from '../../../pipelines/wire/chat-model.ts';

const script = scriptSchema.parse({
  facts: [{ id: 'hours', examples: ['when are you open', 'what are your hours'], answer: 'We are open all day.' }],
  tasks: [
    {
      id: 'message',
      examples: ['can I leave a message', 'please pass something on'],
      slots: [{ id: 'message', ask: 'What should I pass on?', kind: 'text' }],
      tool: 'take-message',
      done: 'Thank you.',
    },
  ],
});
const brain = createScriptedBrain(script);
const papers = 'A wedding cake is ordered three weeks before.';

describe('a script with papers', () => {
  it('tells what they say where it has no answer itself', () => {
    const asked = { type: 'caller' as const, text: 'how early must I order a wedding cake' };
    expect(brain.reply([{ ...asked, papers }]).text).toBe(`${papers} ${script.anything_else}`);
    expect(brain.reply([asked]).text).toBe(script.unknown);
  });

  it('answers by its own facts and tasks first', () => {
    expect(brain.reply([{ type: 'caller', text: 'when are you open', papers }]).text).toMatch(/^We are open all day/);
    expect(brain.reply([{ type: 'caller', text: 'can I leave a message', papers }]).text).toBe(
      'What should I pass on?',
    );
  });

  it('does not take what is dictated, a yes or a name for a question', () => {
    const dictates = [
      { type: 'caller' as const, text: 'can I leave a message' },
      { type: 'agent' as const, text: 'What should I pass on?' },
    ];
    expect(brain.reply([...dictates, { type: 'caller', text: 'the cake is late', papers }]).text).not.toContain(papers);
    expect(brain.reply([{ type: 'caller', text: 'yes', papers }]).text).not.toContain(papers);
    expect(brain.reply([{ type: 'caller', text: 'my name is Tom Berger', papers }]).text).not.toContain(papers);
  });
});

/** What the model of the script says to a conversation. */
async function answerTo(chatCtx: llm.ChatContext): Promise<string> {
  const model = scriptedLlm.create({}, { script, variables: {} } as never) as ChatModel;
  let said = '';
  const request = { chatCtx, toolCtx: undefined, toolChoice: undefined, parallelToolCalls: undefined };
  for await (const { delta } of model.generate({ ...request, signal: new AbortController().signal }))
    said += delta?.content ?? '';
  return said;
}

describe('the model of a script', () => {
  it('finds what the papers say with the caller’s message', async () => {
    const chatCtx = llm.ChatContext.empty();
    const message = chatCtx.addMessage({ role: 'user', content: 'how early must I order a wedding cake' });
    message.extra['papers'] = papers;
    expect(await answerTo(chatCtx)).toMatch(new RegExp(`^${papers}`));
  });

  it('answers what was said last when it is given a conversation, and nothing from before', async () => {
    const chatCtx = llm.ChatContext.empty();
    chatCtx.addMessage({ role: 'user', content: 'can I leave a message' });
    chatCtx.addMessage({ role: 'assistant', content: 'Who is calling?' });
    chatCtx.addMessage({ role: 'user', content: 'when are you open' });
    const given = { callId: '1', name: 'hand_off' };
    chatCtx.insert([
      llm.FunctionCall.create({ ...given, args: '{"agent":"desk"}' }),
      llm.FunctionCallOutput.create({ ...given, output: '{"outcome":"done"}', isError: false }),
    ]);
    expect(await answerTo(chatCtx)).toMatch(/^We are open all day/);
  });
});

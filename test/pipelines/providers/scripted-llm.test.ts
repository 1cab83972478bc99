import { initializeLogger, llm, voice } from '@livekit/agents';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { BuildContext } from '../../../pipelines/contract.ts';
import { scriptedLlm } from '../../../pipelines/providers/scripted-llm.ts';
import { type ScriptedAgent, scriptedAgent } from '../scripted/agent-scripts.ts';

beforeAll(() => initializeLogger({ pretty: false, level: 'silent' }));

const receptionist = await scriptedAgent('receptionist');
const reminder = await scriptedAgent('reminder');

const connected = await scriptedAgent('receptionist', [{ name: 'front-desk', when: 'the caller asks for a person' }]);

function modelOf({ script, variables, reaches }: Pick<ScriptedAgent, 'script' | 'variables' | 'reaches'>): llm.LLM {
  const log = () => undefined;
  const context: BuildContext = { language: 'en-US', sampleRateHz: 16000, script, variables, reaches, log };
  return scriptedLlm.create({}, context);
}

/** A session of the SDK without a room: text in, text out, tools run for real. */
async function startSession(agent: ScriptedAgent, failing = false) {
  const messages: Record<string, unknown>[] = [];
  const transfers: Record<string, unknown>[] = [];
  let hungUp = 0;
  const tools = {
    take_message: llm.tool({
      description: 'Takes a message.',
      parameters: z.object({ message: z.string(), name: z.string().optional(), number: z.string().optional() }),
      execute: (message) => {
        if (failing) throw new llm.ToolError('not kept');
        messages.push(message);
        return Promise.resolve('kept');
      },
    }),
    transfer_call: llm.tool({
      description: 'Connects the caller.',
      parameters: z.object({ destination: z.enum(['front-desk']), summary: z.string().optional() }),
      execute: (transfer) => {
        if (failing) throw new llm.ToolError('nobody there');
        transfers.push(transfer);
        return Promise.resolve();
      },
    }),
    end_call: llm.tool({
      description: 'Hangs up.',
      execute: () => {
        hungUp++;
        return Promise.resolve();
      },
    }),
  };
  const chatCtx = llm.ChatContext.empty();
  chatCtx.addMessage({ role: 'assistant', content: agent.greeting });
  const session = new voice.AgentSession({ llm: modelOf(agent), vad: null, turnHandling: { turnDetection: null } });
  await session.start({ agent: new voice.Agent({ instructions: 'A prompt.', tools, chatCtx }), record: false });
  return {
    messages,
    transfers,
    hangUps: () => hungUp,
    say: async (userInput: string) => {
      const run = session.run({ userInput });
      await run.wait();
      return run.events
        .flatMap((event) =>
          event.type === 'message' && event.item.role === 'assistant' ? [event.item.textContent] : [],
        )
        .join(' ');
    },
    close: () => session.close(),
  };
}

describe('the scripted responder in a session', () => {
  let close: (() => Promise<void>) | undefined;
  afterEach(async () => {
    await close?.();
    close = undefined;
  });

  it('connects whoever asks for a person, and offers a message when the transfer is refused', async () => {
    const call = await startSession(connected);
    close = call.close;
    await call.say('Hi, this is Sarah Connor.');
    expect(await call.say('Can I speak to a human?')).toBe('');
    expect(call.transfers).toEqual([{ destination: 'front-desk', summary: expect.stringContaining('Sarah Connor') }]);
    await call.close();
    const refused = await startSession(connected, true);
    close = refused.close;
    expect(await refused.say('Can I speak to a human?')).toBe(connected.script.phrases.human);
    expect(await refused.say('yes please')).toBe('Certainly. Who is calling, please?');
  });

  it('holds a whole call: answers, takes a message, confirms it, says goodbye and hangs up', async () => {
    const call = await startSession(receptionist);
    close = call.close;
    expect(await call.say('Hi, what time do you open on Saturday?')).toContain('Saturday from nine to one');
    expect(await call.say('Could I leave a message for Dr. Chen?')).toBe('Certainly. Who is calling, please?');
    expect(await call.say('This is Sarah Connor.')).toBe('And what number can we reach you on?');
    expect(await call.say('five five five oh one two three')).toBe('What would you like me to pass on?');
    expect(await call.say('My crown came off and it hurts.')).toContain('five five five, zero one two three');
    expect(await call.say('No, Sara without an h.')).toContain('So that is Sara Connor');
    expect(await call.say('Yes.')).toBe('Thank you, I have passed that on. Is there anything else I can help with?');
    expect(call.messages).toEqual([
      { name: 'Sara Connor', number: '5550123', message: 'My crown came off and it hurts' },
    ]);
    expect(await call.say('No thanks, bye.')).toBe('Thank you for calling Harbour Dental. Goodbye.');
    expect(call.hangUps()).toBe(1);
  });

  it('leads a call, notes the answer and hangs up in one turn', async () => {
    const call = await startSession(reminder);
    close = call.close;
    expect(await call.say('Yes, I will be there.')).toMatch(/that is noted.*Goodbye\.$/);
    expect(call.messages).toEqual([{ name: 'Sara Connor', message: expect.stringContaining('Confirmed') }]);
    expect(call.hangUps()).toBe(1);
  });

  it('does not claim that a message was kept when the tool failed', async () => {
    const call = await startSession(reminder, true);
    close = call.close;
    expect(await call.say('Yes, I will be there.')).toBe(reminder.script.phrases.failed);
    expect(call.hangUps()).toBe(0);
  });
});

describe('the scripted provider', () => {
  const context = (said: string) => {
    const chatCtx = llm.ChatContext.empty();
    chatCtx.addMessage({ role: 'system', content: 'A prompt.' });
    chatCtx.addMessage({ role: 'user', content: said });
    return chatCtx;
  };

  it('streams sentences and uses no tokens', async () => {
    const chunks: llm.ChatChunk[] = [];
    for await (const chunk of modelOf(receptionist).chat({ chatCtx: context('How much is a cleaning?') }))
      chunks.push(chunk);
    expect(chunks.flatMap(({ delta }) => delta?.content ?? [])).toEqual([
      'A cleaning is eighty dollars and takes about forty minutes. ',
      'Is there anything else I can help with?',
    ]);
    expect(chunks.at(-1)?.usage).toMatchObject({ promptTokens: 0, completionTokens: 0, totalTokens: 0 });
  });

  it('answers speculative requests of the same turn alike, and forgets them', async () => {
    const model = modelOf(receptionist);
    const asked = ['I would like', 'I would like to leave', 'I would like to leave a message'];
    for (const said of asked) await model.chat({ chatCtx: context(said) }).collect();
    const { text } = await model.chat({ chatCtx: context('How much is whitening?') }).collect();
    expect(text).toContain('three hundred dollars');
  });

  it('calls no tool where none may be called', async () => {
    const toolCtx = { end_call: llm.tool({ description: 'Hangs up.', execute: () => Promise.resolve() }) };
    const model = modelOf(receptionist);
    const free = await model.chat({ chatCtx: context('goodbye'), toolCtx }).collect();
    expect(free.toolCalls.map(({ name }) => name)).toEqual(['end_call']);
    const bound = await model.chat({ chatCtx: context('goodbye'), toolCtx, toolChoice: 'none' }).collect();
    expect(bound.toolCalls).toEqual([]);
    expect(bound.text).toBe(free.text);
  });

  it('is quiet after it has hung up', async () => {
    const chatCtx = context('goodbye');
    const callId = randomUUID();
    chatCtx.insert(llm.FunctionCall.create({ callId, name: 'end_call', args: '{}' }));
    chatCtx.insert(llm.FunctionCallOutput.create({ callId, name: 'end_call', output: 'done', isError: false }));
    expect((await modelOf(receptionist).chat({ chatCtx }).collect()).text).toBe('');
  });

  it('says what to do when the agent has no script, or a variable has no value', () => {
    const { script } = receptionist;
    const base: BuildContext = { language: 'en-US', sampleRateHz: 16000, variables: {}, log: () => undefined };
    expect(() => scriptedLlm.create({}, base)).toThrow(/no `script:`; add one/);
    expect(() => scriptedLlm.create({}, { ...base, script })).toThrow(/\{\{clinic\}\}, which has no value; give it/);
  });

  it('is always ready', async () => {
    expect(await scriptedLlm.check()).toMatchObject({ ok: true });
  });
});

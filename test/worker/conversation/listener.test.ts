import { llm, stt, voice } from '@livekit/agents';
import { expect, test, vi } from 'vitest';
import { CallAgent } from '../../../src/worker/conversation/call-agent.ts';

function anAgent(): CallAgent {
  return new CallAgent({
    instructions: 'You answer the phone.',
    tools: {},
    chatCtx: llm.ChatContext.empty(),
    isForTheAgent: () => true,
  });
}

test('keys go to whoever asked for them, and those of a secret that come late to nobody', () => {
  const agent = anAgent();
  expect(agent.pressed('1')).toBe(false);
  const keys: string[] = [];
  agent.listener = { key: (key) => keys.push(key), words: () => undefined, secret: true };
  expect(agent.pressed('2')).toBe(true);
  expect(keys).toEqual(['2']);
  expect(agent.holdsBack).toBe(true);
  agent.listener = undefined;
  agent.dropsKeysUntilMs = performance.now() + 60_000;
  expect(agent.pressed('3')).toBe(true);
  agent.dropsKeysUntilMs = performance.now() - 1;
  expect(agent.pressed('4')).toBe(false);
  expect(keys).toEqual(['2']);
});

test('what is said of a secret goes no further than to whoever asked for it', async () => {
  const agent = anAgent();
  const event = (type: stt.SpeechEventType, text: string) =>
    ({ type, alternatives: [{ text }] }) as unknown as stt.SpeechEvent;
  const { FINAL_TRANSCRIPT, INTERIM_TRANSCRIPT } = stt.SpeechEventType;
  const heard: string[] = [];
  const told = async (secret: boolean) => {
    agent.listener = { key: () => undefined, words: (words) => heard.push(words), secret };
    const events = ReadableStream.from([event(INTERIM_TRANSCRIPT, 'one'), event(FINAL_TRANSCRIPT, 'one two')]);
    const recogniser = vi.spyOn(voice.Agent.prototype, 'sttNode').mockResolvedValue(events as never);
    const passed: string[] = [];
    for await (const each of (await agent.sttNode(ReadableStream.from([]) as never, {}))!)
      if (typeof each !== 'string') passed.push(each.alternatives![0].text);
    recogniser.mockRestore();
    return passed;
  };
  expect(await told(true)).toEqual([]);
  expect(heard).toEqual(['one two']);
  expect(await told(false)).toEqual(['one', 'one two']);
  // The rest of it is a turn of the caller's, which is given to whoever asked once it is whole.
  expect(heard).toEqual(['one two']);
});

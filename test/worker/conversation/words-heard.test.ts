import { initializeLogger, llm } from '@livekit/agents';
import { beforeEach, describe, expect, test } from 'vitest';
import { CallAgent } from '../../../src/worker/conversation/call-agent.ts';

initializeLogger({ pretty: false, level: 'silent' });

let agent: CallAgent;
beforeEach(() => {
  agent = new CallAgent({
    instructions: 'You answer the phone.',
    tools: {},
    chatCtx: llm.ChatContext.empty(),
    isForTheAgent: () => true,
  });
});

/** An answer in the history, with a sound or without. */
function answered(text: string, { sounded }: { sounded: boolean }): llm.ChatMessage {
  const message = agent._chatCtx.addMessage({ role: 'assistant', content: text });
  if (sounded) message.metrics = { startedSpeakingAt: 1, stoppedSpeakingAt: 3 };
  return message;
}
const history = () => agent.chatCtx.items.flatMap((item) => (item.type === 'message' ? [item.textContent] : []));

describe('of an answer the history keeps what was heard', () => {
  test('all of it where it was spoken to its end', () => {
    expect(agent.wordsHeard(answered('We are open from nine.', { sounded: true }))).toBe('We are open from nine.');
    expect(history()).toEqual(['We are open from nine.']);
  });

  test('nothing where it made no sound', () => {
    expect(agent.wordsHeard(answered('We are open from nine.', { sounded: false }))).toBe('');
    expect(history()).toEqual([]);
  });

  test('its beginning where the voice broke off, and the next answer is whole again', () => {
    agent.voiceLost(() => 'We are');
    expect(agent.wordsHeard(answered('We are open from nine.', { sounded: true }))).toBe('We are');
    expect(agent.wordsHeard(answered('Until five.', { sounded: true }))).toBe('Until five.');
    expect(history()).toEqual(['We are', 'Until five.']);
  });

  test('nothing where the voice broke off before a whole word', () => {
    agent.voiceLost(() => '');
    expect(agent.wordsHeard(answered('We are open from nine.', { sounded: true }))).toBe('');
    expect(history()).toEqual([]);
  });

  test('what the caller says is kept as it is', () => {
    const message = agent._chatCtx.addMessage({ role: 'user', content: 'When are you open?' });
    expect(agent.wordsHeard(message)).toBe('When are you open?');
    expect(history()).toEqual(['When are you open?']);
  });
});

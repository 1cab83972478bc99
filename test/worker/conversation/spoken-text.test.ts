import { voice } from '@livekit/agents';
import { beforeEach, describe, expect, it } from 'vitest';
import { SpokenText } from '../../../src/worker/conversation/spoken-text.ts';

describe('the words of the agent', () => {
  let words: SpokenText;
  beforeEach(() => {
    words = new SpokenText();
  });
  const say = async (...texts: (string | voice.TimedString)[]) => {
    for (const text of texts) await words.captureText(text);
  };

  it('are cut at the last whole word of the share that was heard', async () => {
    await say('We are open ', 'from nine to five.');
    expect(words.heardBy({ heardSeconds: 1, totalSeconds: 2 })).toBe('We are open');
    expect(words.heardBy({ heardSeconds: 2, totalSeconds: 2 })).toBe('We are open from nine to five.');
  });

  it('are nothing before the first sound', async () => {
    await say('Hello there.');
    expect(words.heardBy({ heardSeconds: 0, totalSeconds: 2 })).toBe('');
    expect(words.heardBy({ heardSeconds: 0.05, totalSeconds: 20 })).toBe('');
  });

  it('are estimated by the pace of speech while their length is unknown', async () => {
    await say('One two three four five six seven eight nine ten eleven twelve.');
    expect(words.heardBy({ heardSeconds: 1, totalSeconds: undefined })).toBe('One two three');
  });

  it('follow the times of the voice where it tells them', async () => {
    await say(
      voice.createTimedString({ text: 'Slow ', startTime: 0 }),
      voice.createTimedString({ text: 'words ', startTime: 3 }),
      voice.createTimedString({ text: 'here.', startTime: 6 }),
    );
    expect(words.heardBy({ heardSeconds: 4, totalSeconds: 7 })).toBe('Slow words');
  });

  it('begin anew with the next utterance', async () => {
    await say('The first.');
    words.flush();
    await say('The second.');
    expect(words.text).toBe('The second.');
    expect(words.heardBy({ heardSeconds: 5, totalSeconds: 5 })).toBe('The second.');
  });
});

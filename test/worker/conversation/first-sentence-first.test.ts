import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { firstSentenceFirst } from '../../../src/worker/conversation/first-sentence-first.ts';

describe('the text of an answer that may not be wanted', () => {
  const words = ['We are ', 'open.', ' From', ' nine to five. Come', ' in.'];
  const follow = (isWanted: boolean) => {
    const state = { isWanted, isDropped: false, spoken: '' };
    const change = Promise.withResolvers<void>();
    const done = (async () => {
      const text = (async function* () {
        yield* words;
      })();
      for await (const piece of firstSentenceFirst(text, {
        isWanted: () => state.isWanted,
        isDropped: () => state.isDropped,
        changed: () => change.promise,
      }))
        state.spoken += piece;
    })();
    const tell = (news: Partial<typeof state>) => {
      Object.assign(state, news);
      change.resolve();
    };
    return { state, done, tell };
  };

  it('stops after its first sentence until it is wanted', async () => {
    const { state, done, tell } = follow(false);
    await sleep(20);
    expect(state.spoken).toBe('We are open. ');
    tell({ isWanted: true });
    await done;
    expect(state.spoken).toBe(words.join(''));
  });

  it('ends there when it is dropped', async () => {
    const { state, done, tell } = follow(false);
    await sleep(20);
    tell({ isDropped: true });
    await done;
    expect(state.spoken).toBe('We are open. ');
  });

  it('goes on at once when it is wanted from the beginning', async () => {
    const { state, done } = follow(true);
    await done;
    expect(state.spoken).toBe(words.join(''));
  });
});

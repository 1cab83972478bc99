import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallerStep } from '../../src/caller/caller-script.ts';
import { runCaller } from '../../src/caller/run-caller.ts';
import { readWav } from '../../src/caller/wav.ts';
import { type InProcessCalls, openCalls } from './in-process-calls.ts';

const speech = { wav: fileURLToPath(new URL('../../bench/speech/hours.wav', import.meta.url)) };
const long = 'We are open from nine to five on weekdays and from ten to two on Saturdays but never on any Sunday.';
const offer = 'We have a table at seven o clock in the garden. Shall I book it for you? You can also call again.';

let calls: InProcessCalls;
let word: CallerStep['say'];
beforeAll(async () => {
  calls = await openCalls();
  // One word of a real voice; the recogniser's double says which.
  const { pcm, sampleRateHz } = await readWav(speech.wav);
  word = { pcm: pcm.slice(0, Math.round(sampleRateHz * 0.5)), sampleRateHz };
});
afterAll(() => calls.close());

/** A caller who asks, and says one word into the answer. */
async function overAnswer({ answer, said, afterMs }: { answer: string; said: string; afterMs: number }) {
  const call = await calls.place({
    pipeline: {
      transcripts: ['When are you open?', said],
      answer: (chatCtx) => ({ text: chatCtx.items.length > 4 ? 'All right.' : answer }),
    },
  });
  const report = await runCaller({
    url: calls.url,
    token: call.callerToken,
    timeoutSeconds: 40,
    script: [
      { say: speech },
      { say: word, interruptAfterMs: afterMs, expect: { reply: false } },
      { after: 'agent-finished', expect: { reply: false } },
    ],
  });
  await calls.ended(call);
  const turns = await calls.calls.listTurns(call.callId);
  return { words: turns.map(({ role, text }) => `${role}: ${text}`), turns, over: report.turns[2]! };
}

describe('a caller who says a word while the agent speaks', () => {
  it('only shows that they listen: the agent goes on soon, with all of its words, and answers nothing', async () => {
    const { words, turns, over } = await overAnswer({ answer: long, said: 'Uh-huh.', afterMs: 1500 });
    expect(words).toEqual(['agent: Hello, how can I help you?', 'caller: When are you open?', `agent: ${long}`]);
    expect(turns.some(({ interrupted }) => interrupted)).toBe(false);
    expect(over.interrupted).toBe(true);
    const wentOnMs = over.agentSpeech[0]!.startMs - over.callerSpeech!.endMs;
    expect(wentOnMs).toBeLessThan(1400);
    // Nothing of the answer was left out, and nothing said twice: 60 ms per character.
    const heardMs = turns[2]!.endedMs - turns[2]!.startedMs - wentOnMs;
    expect(heardMs).toBeGreaterThan(long.length * 60 * 0.9);
  });

  it('means it: the agent stops, and answers', async () => {
    const { words, turns } = await overAnswer({ answer: long, said: 'Wait, stop.', afterMs: 1500 });
    expect(turns[2]).toMatchObject({ role: 'agent', interrupted: true });
    expect(words.slice(3)).toEqual(['caller: Wait, stop.', 'agent: All right.']);
  });

  it('says yes to what was just asked: it is the answer', async () => {
    const afterMs = offer.indexOf(' You') * 60;
    const { words } = await overAnswer({ answer: offer, said: 'Yes.', afterMs });
    expect(words.slice(3)).toEqual(['caller: Yes.', 'agent: All right.']);
  });
});

import { llm } from '@livekit/agents';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { TurnEnding } from '../../../src/calls/call.ts';
import { TurnDetector } from '../../../src/worker/turns/turn-detector.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** As the voice detector tells of a pause. */
const vadMs = 250;
const modelMs = 20;

/** A call in which the model says these in turn, the last of them for ever; `undefined` is no answer. */
function aCall({
  model = [0.9] as (number | undefined)[] | 'absent',
  question = 'How can I help you?',
  saying = undefined as string | undefined,
  telephone = true,
} = {}) {
  const endings: TurnEnding[] = [];
  const asked: { atMs: number; samples: number; floor: number | undefined }[] = [];
  let lastSoundMs: number | undefined;
  const detector = new TurnDetector({
    rules: {
      limits: { minMs: 300, maxMs: 1500, patienceMs: 2500, threshold: 0.36 },
      asks: { tools: [], language: 'en-US' },
      speaker: { language: 'en-US', country: 'US' },
      telephone,
    },
    endOfTurn:
      model === 'absent'
        ? undefined
        : async (pcm, floor) => {
            const answer = model[Math.min(asked.length, model.length - 1)];
            asked.push({ atMs: performance.now() - (lastSoundMs ?? 0), samples: pcm.length, floor });
            await vi.advanceTimersByTimeAsync(0);
            return new Promise((resolve) => setTimeout(() => resolve(answer), modelMs));
          },
    soundAgoMs: () => (lastSoundMs === undefined ? undefined : performance.now() - lastSoundMs),
    saying: () => saying,
    onEnding: (ending) => endings.push(ending),
  });
  const chatCtx = llm.ChatContext.empty();
  chatCtx.addMessage({ role: 'assistant', content: question });
  const speaks = async (ms: number) => {
    detector.speaks(true);
    detector.sound.push(Int16Array.from({ length: ms * 16 }, (_, i) => 8_000 * Math.sin(i)));
    await vi.advanceTimersByTimeAsync(ms);
    lastSoundMs = performance.now();
    await vi.advanceTimersByTimeAsync(vadMs);
    detector.sound.push(new Int16Array(vadMs * 16));
    detector.speaks(false);
  };
  const asks = (words: string) => {
    const asking = chatCtx.copy();
    asking.addMessage({ role: 'user', content: words });
    let over: number | undefined;
    void detector.predictEndOfTurn(asking).then((probability) => (over = probability));
    return { over: () => over };
  };
  const transcript = (words: string) => {
    detector.heard({ isFinal: true });
    return asks(words);
  };
  /** Silence after which it was over. */
  const waited = async (turn: { over: () => number | undefined }) => {
    for (let ms = 0; turn.over() === undefined && ms < 10_000; ms += 5) await vi.advanceTimersByTimeAsync(5);
    return turn.over() === undefined ? undefined : performance.now() - (lastSoundMs ?? 0);
  };
  return { detector, endings, asked, speaks, asks, transcript, waited };
}

it('ends a turn that the model takes for over after the least silence', async () => {
  const { speaks, transcript, waited, endings, asked } = aCall();
  await speaks(900);
  const turn = transcript('I would like an appointment.');
  expect(await waited(turn)).toBeLessThanOrEqual(310);
  expect(turn.over()).toBe(0.9);
  expect(endings).toEqual([
    { endedBy: 'model', silenceMs: 300, expected: 'open', probability: 0.9, noiseFloorDbfs: expect.any(Number) },
  ]);
  expect(asked).toEqual([{ atMs: 250, samples: (900 + 250) * 16, floor: endings[0]?.noiseFloorDbfs }]);
  expect(vi.getTimerCount()).toBe(0);
});

it('tells the model of the noise of telephone lines only', async () => {
  const { speaks, asked, endings, transcript, waited } = aCall({ telephone: false });
  await speaks(900);
  await waited(transcript('Hello?'));
  expect(asked).toMatchObject([{ floor: undefined }]);
  expect(endings).toMatchObject([{ noiseFloorDbfs: expect.any(Number) }]);
});

it('asks again at 400 and 600 ms, and believes the last answer', async () => {
  const { speaks, transcript, waited, endings, asked } = aCall({ model: [0.1, 0.2, 0.7] });
  await speaks(900);
  expect(await waited(transcript('I would like an appointment.'))).toBeLessThanOrEqual(630);
  expect(asked.map(({ atMs }) => atMs)).toEqual([250, 400, 600]);
  expect(endings).toMatchObject([{ endedBy: 'model', probability: 0.7 }]);
});

it('waits no longer than it may for what the model never takes for over', async () => {
  const { speaks, transcript, waited, endings } = aCall({ model: [0.1] });
  await speaks(900);
  expect(await waited(transcript('I would like an appointment.'))).toBeLessThanOrEqual(1_505);
  expect(endings).toMatchObject([{ endedBy: 'silence', silenceMs: 1_500, probability: 0.1 }]);
});

it('goes by silence and words where the model gives no answer, or there is none', async () => {
  for (const model of [[undefined], 'absent' as const]) {
    const { speaks, transcript, waited, endings } = aCall({ model });
    await speaks(900);
    expect(await waited(transcript('I would like an appointment.'))).toBeLessThanOrEqual(310);
    await speaks(900);
    expect(await waited(transcript('I would like an appointment and'))).toBeGreaterThan(2_400);
    expect(endings.map(({ endedBy, probability }) => [endedBy, probability])).toEqual([
      ['silence', undefined],
      ['silence', undefined],
    ]);
  }
});

it('believes a recogniser that finds the end itself, and asks the model no more', async () => {
  const { detector, speaks, transcript, waited, asked, endings } = aCall({ model: [0.1] });
  await speaks(900);
  detector.toldOver(0.8);
  expect(await waited(transcript('I would like an appointment.'))).toBeLessThanOrEqual(310);
  expect(endings).toMatchObject([{ endedBy: 'model', silenceMs: 300, probability: 0.8 }]);
  expect(asked).toHaveLength(1);
  await speaks(900);
  expect(await waited(transcript('I would like an appointment.'))).toBeGreaterThan(1_000);
  expect(endings[1]).toMatchObject({ endedBy: 'silence', probability: 0.1 });
});

it('holds words that have to go on, whoever takes them for over', async () => {
  const { detector, speaks, transcript, waited } = aCall();
  await speaks(900);
  detector.toldOver(0.9);
  expect(await waited(transcript('I would like an appointment and'))).toBeGreaterThan(2_400);
});

it('holds a number that is being dictated, and ends it with its last digit', async () => {
  const { detector, speaks, transcript, waited, endings } = aCall({ question: 'What is your phone number?' });
  await speaks(600);
  const first = transcript('two one three');
  await vi.advanceTimersByTimeAsync(1_250);
  expect(first.over()).toBeUndefined();
  await speaks(600);
  const second = transcript('two one three three seven three');
  await vi.advanceTimersByTimeAsync(1_250);
  await speaks(700);
  expect(await waited(transcript('two one three three seven three four two five three'))).toBeLessThanOrEqual(310);
  expect(endings).toMatchObject([{ endedBy: 'words', expected: 'telephone_number' }]);
  expect([first.over(), second.over()]).toEqual([0, 0]);
  detector.close();
  expect(vi.getTimerCount()).toBe(0);
});

it('knows the question that is still being said when it is answered', async () => {
  const { detector, speaks, transcript, endings } = aCall({ saying: 'Thank you. What is your phone number?' });
  await speaks(600);
  transcript('two one three');
  await vi.advanceTimersByTimeAsync(1_250);
  expect(endings).toEqual([]);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(endings).toMatchObject([{ expected: 'telephone_number' }]);
  detector.close();
});

it('does not leave out what the recogniser has yet to tell', async () => {
  const { detector, speaks, asks, transcript, waited } = aCall({ model: [0.9] });
  await speaks(900);
  const first = transcript('It is on Monday.');
  await speaks(400);
  // The SDK asks again in the pause, with the words it has.
  const second = asks('It is on Monday.');
  detector.heard({ isFinal: false });
  await vi.advanceTimersByTimeAsync(800);
  expect([first.over(), second.over()]).toEqual([0, undefined]);
  expect(await waited(transcript('It is on Monday. At nine.'))).toBeLessThan(1_080);
});

it('waits for the words of a cough no longer than for anything else', async () => {
  const { speaks, asks, transcript, waited } = aCall({ model: [0.9] });
  await speaks(900);
  transcript('It is on Monday.');
  await speaks(500);
  expect(await waited(asks('It is on Monday.'))).toBeLessThanOrEqual(1_505);
});

it('reads a number on that the agent cut into', async () => {
  const { detector } = aCall({ model: [0.9] });
  const chatCtx = llm.ChatContext.empty();
  chatCtx.addMessage({ role: 'assistant', content: 'What is your phone number?' });
  chatCtx.addMessage({ role: 'user', content: '213 373' });
  chatCtx.addMessage({ role: 'user', content: '4253' });
  let over = false;
  void detector.predictEndOfTurn(chatCtx).then(() => (over = true));
  await vi.advanceTimersByTimeAsync(310);
  expect(over).toBe(true);
});

it('does not ask the model about sound it has none of', async () => {
  const { detector, transcript, waited, asked, endings } = aCall({ model: [0.1] });
  expect(await waited(transcript('Hello?'))).toBeDefined();
  expect(asked).toEqual([]);
  expect(endings).toMatchObject([{ endedBy: 'silence', silenceMs: 300 }]);
  detector.close();
});

it('answers whoever waits when the session closes, and leaves no timer', async () => {
  const { detector, speaks, transcript } = aCall({ model: [0.1] });
  await speaks(900);
  const turn = transcript('I would like an appointment.');
  detector.close();
  await vi.advanceTimersByTimeAsync(modelMs);
  expect(turn.over()).toBe(0);
  // The SDK asks once more, for the last words.
  const last = transcript('I would like an appointment and');
  await vi.advanceTimersByTimeAsync(0);
  expect(last.over()).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
});

it.each<[string, () => Int16Array]>([
  ['digital silence', () => new Int16Array(512)],
  ['clipping', () => Int16Array.from({ length: 512 }, (_, i) => (i % 2 ? 32_767 : -32_768))],
  ['an offset', () => new Int16Array(512).fill(20_000)],
  ['no samples', () => new Int16Array()],
])('ends a turn on a line with %s', async (_, frame) => {
  const { detector, speaks, transcript, waited, endings } = aCall({ model: [0.1] });
  for (let index = 0; index < 200; index++) detector.sound.push(frame());
  await speaks(900);
  expect(await waited(transcript('Hello?'))).toBeLessThanOrEqual(1_505);
  expect(Number.isFinite(endings[0]?.noiseFloorDbfs)).toBe(true);
});

it.each([-6, 6])('a clock that is set by %i hours in a pause moves no end of a turn', async (hours) => {
  const { speaks, transcript, waited, endings } = aCall({ model: [0.1] });
  await speaks(900);
  vi.setSystemTime(Date.now() + hours * 3_600_000);
  expect(await waited(transcript('I would like to book'))).toBe(1_500);
  expect(endings).toMatchObject([{ endedBy: 'silence', silenceMs: 1_500 }]);
});

import { expect, test } from 'vitest';

type Spans = (
  latency: Record<string, number>,
  heardMs?: number,
) => { totalMs: number; spans: { stage: string; startMs: number; endMs: number }[] };

const { ticks, waterfallSpans } = (await import(
  new URL('../../src/web/public/conversation/waterfall-spans.js', import.meta.url).href
)) as unknown as { waterfallSpans: Spans; ticks: (endMs: number) => number[] };

const timesOf = (spans: ReturnType<Spans>['spans']) =>
  Object.fromEntries(spans.map(({ stage, startMs, endMs }) => [stage, [startMs, endMs]]));

test('stages follow each other up to the moment the answer is heard', () => {
  const measured = { endOfTurnMs: 420, sttMs: 260, llmFirstTokenMs: 180, ttsFirstAudioMs: 150, totalMs: 750 };
  const { spans, totalMs } = waterfallSpans(measured, 900);
  expect(timesOf(spans)).toEqual({
    stt: [0, 260],
    turn: [0, 420],
    llm: [420, 600],
    tts: [600, 750],
    heard: [750, 900],
  });
  expect(totalMs).toBe(900);
});

test('a brain that began before the turn was over overlaps with it', () => {
  const measured = { endOfTurnMs: 500, sttMs: 200, llmFirstTokenMs: 300, ttsFirstAudioMs: 100, totalMs: 620 };
  expect(timesOf(waterfallSpans(measured).spans)).toMatchObject({ llm: [220, 520], tts: [520, 620] });
});

test('without a total the stages are added up after the later of recognition and end of turn', () => {
  const { spans, totalMs } = waterfallSpans({
    endOfTurnMs: 300,
    sttMs: 350,
    llmFirstTokenMs: 100,
    ttsFirstAudioMs: 50,
  });
  expect(timesOf(spans)).toMatchObject({ llm: [350, 450], tts: [450, 500] });
  expect(totalMs).toBe(500);
});

test('a stage that was not measured is left out, and one that took no time is not', () => {
  const { spans } = waterfallSpans({ endOfTurnMs: 0, totalMs: 200 });
  expect(timesOf(spans)).toEqual({ turn: [0, 0] });
});

test('a sound that reached the ear before the server said it was sent takes no negative time', () => {
  expect(timesOf(waterfallSpans({ totalMs: 700 }, 650).spans)).toEqual({ heard: [650, 650] });
});

test.each([
  [90, [0, 50]],
  [750, [0, 200, 400, 600]],
  [1400, [0, 500, 1000]],
  [3400, [0, 1000, 2000, 3000]],
])('the scale of %i ms is marked at round numbers', (endMs, marks) => {
  expect(ticks(endMs)).toEqual(marks);
});

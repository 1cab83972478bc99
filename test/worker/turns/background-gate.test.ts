import { initializeLogger, VAD, VADStream } from '@livekit/agents';
import { AudioFrame } from '@livekit/rtc-node';
import { expect, it } from 'vitest';
import { BackgroundGate } from '../../../src/worker/turns/background-gate.ts';
import { GatedVad } from '../../../src/worker/turns/gated-vad.ts';

initializeLogger({ pretty: false, level: 'error' });

/** 32 ms of a sine of so many dB below full scale. */
const sound = (dbfs: number) =>
  Int16Array.from({ length: 512 }, (_, i) =>
    Math.max(-32_768, Math.min(32_767, 32_767 * Math.SQRT2 * 10 ** (dbfs / 20) * Math.sin((i * Math.PI) / 16))),
  );

/** How many of so many frames of this level come through. */
function passed(gate: BackgroundGate, dbfs: number, frames: number): number {
  const frame = sound(dbfs);
  return Array.from({ length: frames }, () => gate.pass(frame)).filter((each) => each === frame).length;
}

function afterWordsAt(dbfs: number): BackgroundGate {
  const gate = new BackgroundGate();
  passed(gate, dbfs, 30);
  passed(gate, -60, 60);
  gate.heardWords();
  // It stays open for a while.
  passed(gate, -60, 10);
  return gate;
}

it('lets everything through until words were understood', () => {
  const gate = new BackgroundGate();
  expect(passed(gate, -60, 100)).toBe(100);
  gate.heardWords();
  expect(passed(gate, -60, 100)).toBe(100);
});

it('keeps out the tables behind a caller, and no softer word of theirs', () => {
  const gate = afterWordsAt(-20);
  expect(passed(gate, -35, 100)).toBe(0);
  expect(passed(gate, -28, 100)).toBe(100);
  // A word that ends softly, and then the café.
  expect(passed(gate, -35, 100)).toBe(9);
});

it('gives silence as long for what it keeps out', () => {
  const gate = afterWordsAt(-20);
  expect(gate.pass(sound(-40))).toEqual(new Int16Array(512));
  expect(gate.pass(new Int16Array())).toHaveLength(0);
});

it('hears whoever speaks more softly once their words are understood', () => {
  const gate = afterWordsAt(-20);
  expect(passed(gate, -36, 60)).toBe(0);
  gate.heardWords();
  expect(passed(gate, -36, 60)).toBe(60);
});

it('never keeps out what is loud, however loud the caller was', () => {
  expect(passed(afterWordsAt(-4), -26, 100)).toBe(100);
});

it.each<[string, (i: number) => number]>([
  ['digital silence', () => 0],
  ['clipping', (i) => (i % 2 ? 32_767 : -32_768)],
  ['an offset', () => 20_000],
])('opens again after words were understood in %s', (_, sample) => {
  const gate = new BackgroundGate();
  const frame = Int16Array.from({ length: 512 }, (_, i) => sample(i));
  for (let index = 0; index < 60; index++) gate.pass(frame);
  gate.heardWords();
  expect(passed(gate, -20, 60)).toBe(60);
});

class Detector extends VAD {
  readonly label = 'test';
  readonly heard: (AudioFrame | symbol)[] = [];
  constructor() {
    super({ updateInterval: 32 });
  }
  override get minSilenceDuration(): number {
    return 250;
  }
  stream(): VADStream {
    return new DetectorStream(this);
  }
}

class DetectorStream extends VADStream {
  constructor(vad: Detector) {
    super(vad);
    void (async () => {
      for (let next = await this.inputReader.read(); !next.done; next = await this.inputReader.read())
        vad.heard.push(next.value);
    })();
  }
}

it('stands before the voice detector of a session', async () => {
  const detector = new Detector();
  const gated = new GatedVad(detector, afterWordsAt(-20));
  expect(gated.minSilenceDuration).toBe(250);
  const stream = gated.stream();
  const frames = [sound(-20), ...Array.from({ length: 9 }, () => sound(-40)), sound(-40)];
  const source = new ReadableStream<AudioFrame>({
    start: (controller) => {
      for (const frame of frames) controller.enqueue(new AudioFrame(frame, 16_000, 1, 512));
      controller.close();
    },
  });
  stream.updateInputStream(source);
  await expect.poll(() => detector.heard.length).toBe(frames.length);
  stream.flush();
  await expect.poll(() => detector.heard.length).toBe(frames.length + 1);
  const [first, ...others] = detector.heard.map((each) =>
    typeof each === 'symbol' ? 'mark' : each.data.some(Boolean),
  );
  expect([first, others.at(-2), others.at(-1)]).toEqual([true, false, 'mark']);
  stream.close();
});

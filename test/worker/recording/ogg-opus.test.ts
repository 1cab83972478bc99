import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { millisecondsAt, OggOpusWriter, pagesIn, tagIn } from '../../../src/worker/recording/ogg-opus.ts';
import { SideEncoder } from '../../../src/worker/recording/side.ts';
import { readRecording, soundsIn } from './read-recording.ts';

const wav = readFileSync(new URL('../../../bench/speech/hours.wav', import.meta.url));
const speech = new Int16Array(wav.buffer.slice(wav.byteOffset + 44, wav.byteOffset + wav.length - (wav.length % 2)));

/** A file with speech on one side, from `startMs` on. */
async function aFile({ side, startMs, seconds = 4 }: { side: 0 | 1; startMs: number; seconds?: number }) {
  const sides = [await SideEncoder.create(), await SideEncoder.create()] as const;
  const ogg = new OggOpusWriter({ serial: 7, preSkip: sides[0].preSkip });
  const sound = new Int16Array(seconds * 16_000);
  sound.set(speech.subarray(0, sound.length - startMs * 16), startMs * 16);
  const silence = new Int16Array(320);
  const pieces: Uint8Array[] = [ogg.head({ PARLEY_STARTED_MS: '1234' }, 16_000)];
  for (let at = 0; at < sound.length; at += 320) {
    const packets = sides.map((each, index) => each.encode(index === side ? sound.subarray(at, at + 320) : silence));
    ogg.add(packets[0]!, packets[1]!);
    if (ogg.waiting === 50) pieces.push(ogg.page());
  }
  pieces.push(ogg.page({ last: true }));
  for (const each of sides) each.close();
  return Buffer.concat(pieces);
}

test.each([0, 1] as const)('side %d is heard where it was spoken, and nothing of it on the other', async (side) => {
  const { caller, agent, durationMs, isClosed } = await readRecording(await aFile({ side, startMs: 1_000 }));
  const [spoken, other] = side === 0 ? [caller, agent] : [agent, caller];
  const begins = soundsIn(speech)[0]!.startMs + 1_000;
  expect(Math.abs(soundsIn(spoken)[0]!.startMs - begins)).toBeLessThanOrEqual(20);
  expect(other.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)).toBeLessThan(20);
  expect(durationMs).toBe(4_000);
  expect(isClosed).toBe(true);
});

test('a page that is cut off or broken is passed over, and the ones before it tell the length', async () => {
  const file = await aFile({ side: 0, startMs: 0 });
  const pages = pagesIn(file);
  expect(pages.map(({ sequence }) => sequence)).toEqual([...pages.keys()]);
  expect(millisecondsAt(pagesIn(file.subarray(0, file.length - 5)).at(-1)!)).toBe(4_000);
  const cut = pagesIn(file.subarray(0, pages.at(-2)!.end - 5));
  expect(millisecondsAt(cut.at(-1)!)).toBe(3_000);
  const broken = Buffer.from(file);
  broken[pages[3]!.start + 200]! ^= 1;
  expect(pagesIn(broken).length).toBe(pages.length - 1);
});

test('the head tells where in the call the file begins', async () => {
  expect(tagIn((await aFile({ side: 0, startMs: 0, seconds: 1 })).subarray(0, 1024), 'PARLEY_STARTED_MS')).toBe('1234');
});

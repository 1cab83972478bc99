import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineClient } from '../../pipelines/index.ts';
import { withLineNoise } from '../../pipelines/engine/line-noise.ts';
import { parseWav, toMono } from '../../src/caller/wav.ts';
import { telephoneNumberSaid } from '../../telephony/index.ts';
import { askAgainAtMs, type TurnLimits } from '../../src/worker/turns/decide-turn.ts';
import { digitsSaid } from '../../src/worker/turns/digits-said.ts';
import { readTurn } from '../../src/worker/turns/read-turn.ts';
import { type Clip, joined, soundsFolder } from './clips.ts';
import { silenceUntilOver } from './curves.ts';
import { asHeard, heardOver, type Line } from './lines.ts';

/** A telephone number as somebody dictates it: groups of digits, each but the last with a pause after it. */
type Dictated = { groups: string[]; pausesMs: number[] };

const groupings = [
  [3, 3, 4],
  [3, 3, 2, 2],
  [3, 7],
  [6, 4],
] as const;
const pauseMs = { shortest: 500, longest: 1_500 };
const betweenDigitsMs = 60;
const rateHz = 8_000;
const speaker = { language: 'en-US', country: 'US' };

/** Numbers of the USA, always the same; every other one has a pause of the greatest length. */
export function dictatedNumbers(count: number): Dictated[] {
  let state = 11;
  const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const numbers: Dictated[] = [];
  while (numbers.length < count) {
    const digits = Array.from({ length: 10 }, () => Math.floor(random() * 10)).join('');
    if (telephoneNumberSaid(digits, 'US') !== 'whole') continue;
    let at = 0;
    const groups = groupings[numbers.length % groupings.length]!.map((length) => digits.slice(at, (at += length)));
    const pausesMs = groups
      .slice(1)
      .map((_, index) =>
        index === 0 && numbers.length % 2 === 0
          ? pauseMs.longest
          : Math.round(pauseMs.shortest + random() * (pauseMs.longest - pauseMs.shortest)),
      );
    numbers.push({ groups, pausesMs });
  }
  return numbers;
}

export type Outcome = {
  /** No pause within the number ended the turn. */
  whole: boolean;
  /** The recogniser wrote all of its digits. */
  understood: boolean;
  /** What the recogniser wrote, group by group. */
  heard: string[];
  /** Silence after its last digit until the turn is over. */
  endMs: number;
};

/** Dictates a number with the recorded digits over a line, group by group, to the recogniser and the end of turns. */
export async function dictate(
  { groups, pausesMs }: Dictated,
  { client, cache, line, limits }: { client: EngineClient; cache: string; line: Line; limits: TurnLimits },
): Promise<Outcome> {
  const folder = join(soundsFolder(cache), 'digits');
  const spoken = groups.map((group) =>
    joined(
      Array.from(group, (digit) => [
        toMono(parseWav(readFileSync(join(folder, `${digit}.wav`)))).pcm,
        new Int16Array((betweenDigitsMs * rateHz) / 1000),
      ]).flat(),
    ),
  );
  const heard: string[] = [];
  const overs: number[] = [];
  for (const speech of spoken) {
    const clip: Clip = { id: '', finished: true, words: '', speech, rateHz };
    heard.push((await client.transcribe(heardOver(line, clip, 250))).text);
    const reading = readTurn(heard.join(' '), { kind: 'telephone_number', yesOrNo: false }, speaker);
    const answers: number[] = [];
    // Words that have to go on, and ones that are whole, leave the model nothing to say.
    if (reading === 'plain' || reading === 'dictated')
      for (const atMs of [250, ...askAgainAtMs]) {
        const { window, noiseFloorDbfs } = asHeard(heardOver(line, clip, atMs));
        answers.push(await client.endOfTurn(withLineNoise(window, noiseFloorDbfs)));
      }
    overs.push(silenceUntilOver({ reading, answers }, limits));
  }
  return {
    whole: pausesMs.every((each, index) => overs[index]! > each),
    understood: digitsSaid(heard.join(' '), speaker.language) === groups.join(''),
    heard,
    endMs: overs.at(-1)!,
  };
}

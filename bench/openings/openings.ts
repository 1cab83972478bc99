import { readFileSync } from 'node:fs';
import { AnsweringMachineDetector, type MachineKind } from '../../telephony/answering-machine.ts';

/** Who answered: what the set says, and what the detector may find. */
export const answerers = ['person', 'screening', 'voicemail', 'announcement', 'menu'] as const;
export type Answerer = (typeof answerers)[number];

/** The rules may be changed by `tuned`; `held-out` only measures them. */
export const halves = ['tuned', 'held-out'] as const;
export type Half = (typeof halves)[number];

/** What somebody, or something, says first after the answer. A bar is a pause of 1.5 s. */
export type Opening = { language: string; who: Answerer; text: string };

export function openingsOf(half: Half): Opening[] {
  const lines = readFileSync(new URL(`../../test/telephony/openings/${half}.tsv`, import.meta.url), 'utf8');
  return lines
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [language = '', who = '', text = ''] = line.split('\t');
      return { language, who: who as Answerer, text };
    });
}

const firstWordMs = 1_000;
const wordsPerSecond = 2.6;
/** The recogniser tells so many words at a time, and the last ones so long after they were said. */
const wordsAtATime = 3;
const lateMs = 500;
const pauseMs = 1_500;
const silentMs = 8_000;
const lookEveryMs = 200;

/** What the detector finds in words alone, with no beep after them; it looks as often as in a call. */
export function heardAs({ language, text }: Opening): Answerer {
  const detector = new AnsweringMachineDetector(language);
  let found: MachineKind | undefined;
  let atMs = firstWordMs;
  const look = (untilMs: number) => {
    for (; atMs < untilMs; atMs += lookEveryMs) found ??= detector.look(atMs)?.kind;
    atMs = untilMs;
  };
  for (const breath of text.split(' | ')) {
    const words = breath.split(' ');
    const startedMs = atMs;
    detector.speech(true, startedMs);
    for (let count = wordsAtATime; count < words.length; count += wordsAtATime) {
      look(startedMs + (1000 * count) / wordsPerSecond);
      detector.words(words.slice(0, count).join(' '), { final: false });
    }
    look(startedMs + (1000 * words.length) / wordsPerSecond + lateMs);
    detector.speech(false, atMs);
    detector.words(breath, { final: true });
    look(atMs + pauseMs);
  }
  look(atMs + silentMs);
  return found ?? 'person';
}

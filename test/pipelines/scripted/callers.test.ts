import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { scriptedAgent } from './agent-scripts.ts';
import { missed } from './callers/acts.ts';
import { receptionistQuestions } from './callers/receptionist-questions.ts';
import { receptionistTasks } from './callers/receptionist-tasks.ts';
import { reminder } from './callers/reminder.ts';
import type { Sentence } from './callers/sentence.ts';
import { survey } from './callers/survey.ts';

const sentences = {
  receptionist: [...receptionistQuestions, ...receptionistTasks],
  reminder,
  survey,
};

/** The halves do not change when sentences are added. Rules are made with the first; the other only measures them. */
const tuned = ([situation, said]: Sentence) =>
  createHash('sha256').update(`${situation} ${said}`).digest()[0]! % 2 === 0;

const rate = (right: number, all: number) => `${((100 * right) / all).toFixed(1)} % of ${all}`;

describe('what callers say to the shipped agents', async () => {
  const measured: { tuned: boolean; miss: string | undefined }[] = [];
  for (const name of ['receptionist', 'reminder', 'survey'] as const) {
    const agent = await scriptedAgent(name);
    const withPerson = await scriptedAgent(name, [{ name: 'front-desk', when: 'the caller asks for a person' }]);
    for (const sentence of sentences[name]) {
      measured.push({
        tuned: tuned(sentence),
        miss: missed(sentence[0] === 'transfer' ? withPerson : agent, sentence),
      });
    }
  }
  const first = measured.filter((each) => each.tuned);
  const second = measured.filter((each) => !each.tuned);
  const right = (of: typeof measured) => of.filter(({ miss }) => miss === undefined).length;

  it('is answered as a clerk would', () => {
    const misses = first.flatMap(({ miss }) => miss ?? []);
    if (process.env['SHOW_MISSES']) console.log(misses.join('\n'));
    console.log(
      `scripted responder: right ${rate(right(first), first.length)} tuned with, ${rate(right(second), second.length)} kept out, ${rate(right(measured), measured.length)} in all`,
    );
    expect(measured.length).toBeGreaterThanOrEqual(300);
    expect(right(measured) / measured.length, misses.join('\n')).toBeGreaterThanOrEqual(0.92);
  });
});

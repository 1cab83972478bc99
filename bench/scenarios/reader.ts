import { speakable } from '../../pipelines/index.ts';
import type { Scenario } from '../scenario.ts';

/** Sentences as models write them to a caller, with most of what has to be read. */
const sentences = [
  'Thank you for calling, we are open from 9am to 5pm on weekdays, and until 12:30 on Saturdays. ',
  'Your appointment is on March 5, 2026 at 3:30 p.m. with Dr. Ngo, in room 204. ',
  'The total comes to $1,250.50, of which 19% is tax, and the deposit is $200. ',
  'You can reach us at (212) 555-0123, or write to **front_desk@acme.health** any time. ',
  'Your order A1B2C3-0042 was sent on 2026-12-01, and the code for it is 482-913. ',
  'The parcel weighs 5 lb., and the shop is 1.5 km away, about 2 1/2 minutes by car. ',
  'Sure, I can move that for you, and nothing else has to change. ',
];

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}

/** Processor time to make a sentence speakable, in the process that holds the calls. */
export const reader = {
  name: 'reader',
  compared: false,
  async run(bench) {
    const rounds = bench.quick ? 200 : 2_000;
    const text = sentences.join('');
    const read = async (times: number) => {
      for (let turn = 0; turn < times; turn += 1)
        for await (const _ of speakable(once(text), { language: 'en-US', pronunciation: {} }));
    };
    await read(100);
    const start = process.cpuUsage();
    await read(rounds);
    const { user, system } = process.cpuUsage(start);
    const ms = (user + system) / 1_000 / (rounds * sentences.length);
    return { reader_sentence_ms: Math.round(ms * 1_000) / 1_000 };
  },
} as const satisfies Scenario;

import { SpeechFilter } from '../../pipelines/answer/speech-filter.ts';
import { ToolTable } from '../../pipelines/answer/tool-table.ts';
import { speechChunks } from '../../pipelines/text/speech-chunks.ts';
import { speakable } from '../../pipelines/text/spoken/speakable.ts';
import type { Scenario } from '../scenario.ts';

/** Between two words of a fast hosted model, some sixty tokens a second. */
const betweenWordsMs = 20;

/** What a filter may be tempted to wait for: pairs of marks that never close, beginnings of tags, numbers, abbreviations. */
const texts = [
  'Write to john_doe@example.com at any time, and we will answer within the day. It is free.',
  'That is 5 * 3 euros for the lot, which you can pay at the door. It is free.',
  'It is [see the page of prices for what else there is, and ask us. It is free.',
  'If x < y then we are open for you all the day long, and else we are not. It is free.',
  'Well... { that is what the book says of it, and I would not know more. It is free.',
  'Take the ` key and the ~ key, and then wait until you hear the tone. It is free.',
  'Dr. Ngo has 1. a room and 2. a chair for you on Monday, and one on Friday. It is free.',
  'Analysis of your order shows that it left on Monday, so it comes today. It is free.',
  'Action is what you need when the boiler is cold, and we can be there. It is free.',
  'Take message four from the list and play it until the end of it, please. It is free.',
  'Between 3 - 4 p.m. on March 5, 2026 at 3:30 p.m. there is one place left. It is free.',
  'On Monday, March 5, 2026, at three in the afternoon, we have one place left. It is free.',
  'Your code is 4, 8, 15, 16, 23 and 42, which is all there is to it. It is free.',
  'It closes at 5: after that nobody is there, and on Saturday neither. It is free.',
  'The total is $1,250.50 with 19 % of tax in it, and the deposit is $200. It is free.',
];

/** How much later the first words of an answer reach the voice than they would if nothing looked at them, in the time of the model. */
export const heldText = {
  name: 'held-text',
  compared: false,
  async run() {
    let longestMs = 0;
    for (const text of texts) {
      const words = text.match(/\S+\s*/g) ?? [];
      const plain = await firstChunkAt(words, speechChunks);
      const read = await firstChunkAt(words, (source) =>
        speechChunks(speakable(meant(source), { language: 'en-US', pronunciation: {} })),
      );
      longestMs = Math.max(longestMs, (read - plain) * betweenWordsMs);
    }
    return { first_text_held_ms_max: longestMs };
  },
} as const satisfies Scenario;

/** Of a model's words those that are meant to be heard. */
async function* meant(words: AsyncIterable<string>): AsyncGenerator<string> {
  const filter = new SpeechFilter(new ToolTable(undefined));
  for await (const word of words) {
    const { speech } = filter.push(word);
    if (speech) yield speech;
  }
  const { speech } = filter.end();
  if (speech) yield speech;
}

/** The word with which the first piece can be spoken. */
async function firstChunkAt(
  words: readonly string[],
  chunks: (text: AsyncIterable<string>) => AsyncIterable<unknown>,
): Promise<number> {
  let written = 0;
  const source = async function* () {
    for (const word of words) {
      written += 1;
      yield word;
    }
  };
  for await (const _ of chunks(source())) break;
  return written;
}

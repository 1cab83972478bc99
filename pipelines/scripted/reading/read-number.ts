import { readDigits } from './read-digits.ts';

/** A small number in an answer: "four", "I'd say a 9", "nine and a half", "ten out of ten". */
export function readNumber(utterance: string): number | undefined {
  const text = utterance
    .toLowerCase()
    .replace(/\b(?:out of|of|from) (?:\w+)\b/g, ' ')
    .replace(/^(?:an? )?(?:ate)\b/, 'eight')
    .replace(/^(?:for|fore|or)[.!?]?$/, 'four')
    .replace(/^(?:to|too)[.!?]?$/, 'two')
    .replace(/^(?:won)[.!]?$/, 'one')
    .replace(/^(?:tin|den)[.!]?$/, 'ten')
    .replace(/\b(?:one|another) (?:of|thing|more|moment)\b/g, ' ');
  const decimal = /\b(\d+[.,]\d+)\b/.exec(text);
  if (decimal?.[1]) return Number(decimal[1].replace(',', '.'));
  const read = readDigits(text);
  if (!read || read.digits.length > 3 || read.digits.includes('+')) return undefined;
  return Number(read.digits) + (/\band a half\b/.test(text) ? 0.5 : 0);
}

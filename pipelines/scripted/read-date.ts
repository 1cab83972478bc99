import { soundsLike } from './sounds-like.ts';

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const weekday = `(?:${weekdays.join('|')})s?`;
const month = '(?:january|february|march|april|may|june|july|august|september|october|november|december)';
const ordinal = String.raw`(?:\d{1,2}(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth|twenty[- ](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|thirty[- ]first)`;
const count = '(?:an?|one|two|three|four|five|six|a couple of|a few|\\d+)';
const atom = [
  String.raw`the day after tomorrow`,
  String.raw`(?:today|tonight|tomorrow)`,
  String.raw`(?:(?:next|this|coming|this coming|early|late) )?${weekday}(?: (?:next week|this week))?`,
  String.raw`(?:(?:the )?(?:beginning|start|middle|end) of )?(?:next|this|the) (?:week|month)(?: after next)?`,
  String.raw`(?:the )?week after next`,
  String.raw`in ${count} (?:days?|weeks?|months?)`,
  String.raw`${count} (?:days?|weeks?) from (?:now|today)`,
  String.raw`${month} (?:the )?(?:${ordinal}|\d{1,2})\b`,
  String.raw`(?:the )?(?:${ordinal}|\d{1,2}) (?:of )?${month}`,
  String.raw`the ${ordinal}(?! (?:one|time|floor))`,
  String.raw`\d{1,2}/\d{1,2}(?:/\d{2,4})?`,
  String.raw`(?:any|every|some) ?(?:day|weekday)(?: (?:next|this) week)?`,
  String.raw`as soon as possible|asap|any time(?: (?:next|this) week)?|whenever`,
].join('|');
const phrase = new RegExp(
  String.raw`\b(?:${atom})\b(?:,? (?:(?:or|and|to|through|until) (?:on )?)?(?:${atom})\b)*`,
  'i',
);
const month31 = new RegExp(String.raw`\b(?:in )?${month}\b`, 'i');

/**
 * A day as the caller put it ("next Thursday", "the fifth of May", "Monday or Tuesday"); nothing is computed from it. With
 * `expected`, a misheard weekday or a month alone counts as well. `rest` is what else was said.
 */
export function readDate(utterance: string, expected: boolean): { value: string; rest: string } | undefined {
  const match = phrase.exec(utterance) ?? (expected ? month31.exec(utterance) : null);
  if (match) return { value: match[0].trim(), rest: without(utterance, match[0]) };
  if (!expected) return undefined;
  for (const word of utterance.match(/[\p{L}]+/gu) ?? []) {
    const heard = weekdays.find((day) => word.length >= 5 && soundsLike(word.toLowerCase(), day) >= 0.8);
    if (heard) return { value: heard[0]?.toUpperCase() + heard.slice(1), rest: without(utterance, word) };
  }
  return undefined;
}

function without(utterance: string, part: string): string {
  return utterance.replace(part, ' ').replace(/\s+/g, ' ').trim();
}

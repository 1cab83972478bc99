import { soundOf, soundsLike } from './sounds-like.ts';

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
  String.raw`(?:the )?(?:earliest|soonest|next)(?: (?:day|date|one|appointment|slot))? (?:you have|you can|possible|available|there is)|the (?:earliest|soonest)`,
  String.raw`as soon as possible|asap|any time(?: (?:next|this) week)?|whenever`,
].join('|');
// Sticky and lower-case: the search goes from word to word, which spares the engine a far larger expression.
const day = new RegExp(String.raw`(?:${atom})\b`, 'y');
const between = /,? (?:(?:or|and|to|through|until) (?:on )?)?/y;
/** What the caller rules out: "not Tuesday". */
const notThatDay = new RegExp(String.raw`\bnot (?:on |this |next |a )*${weekday}\b`, 'g');
const monthAlone = new RegExp(String.raw`\b${month}\b`);

/**
 * A day as the caller put it ("next Thursday", "the fifth of May", "Monday or Tuesday"); nothing is computed from it. With
 * `expected`, a misheard weekday or a month alone counts as well. `rest` is what else was said.
 */
export function readDate(utterance: string, expected: boolean): { value: string; rest: string } | undefined {
  const text = utterance.toLowerCase().replace(notThatDay, (words) => ' '.repeat(words.length));
  for (const { index } of text.matchAll(/\b[a-z\d]/g)) {
    const end = endOfDays(text, index);
    if (end > index) return cut(utterance, index, end);
  }
  if (!expected) return undefined;
  const alone = monthAlone.exec(text);
  if (alone) return cut(utterance, alone.index, alone.index + alone[0].length);
  for (const { 0: word, index } of text.matchAll(/[a-z]{5,}/g)) {
    const heard = weekdays.find((name) => soundsLike(soundOf(word), soundOf(name)) >= 0.8);
    if (heard) {
      return {
        value: heard.replace(/^./, (letter) => letter.toUpperCase()),
        rest: cut(utterance, index, index + word.length).rest,
      };
    }
  }
  return undefined;
}

/** Where a row of days that begins at a place ends; that place itself when there is none. */
function endOfDays(text: string, start: number): number {
  let end = start;
  for (let at = start; ; at = between.lastIndex) {
    day.lastIndex = at;
    if (!day.test(text)) return end;
    end = day.lastIndex;
    between.lastIndex = end;
    if (!between.test(text)) return end;
  }
}

function cut(utterance: string, start: number, end: number): { value: string; rest: string } {
  const rest = `${utterance.slice(0, start)} ${utterance.slice(end)}`.replace(/\s+/g, ' ').trim();
  return { value: utterance.slice(start, end).trim(), rest };
}

/** Where sentences end and speakers pause, in text that is still being written. */
export const sentenceEnd = /[.!?…]["'”’)\]*_~`]*\s|[。！？]|\n/g;

/** How far back an abbreviation is looked for, characters. */
const sight = 24;
const abbreviation =
  /(?:^|[\s(])(?:mr|mrs|ms|dr|st|vs|prof|bzw|ca|evtl|usw|sra?|dra?|mme|mlle|mio|mrd|mln|mld|(?:[a-z]\.)*[a-z])\.$/i;
const measure =
  /\d ?(?:(?:cu|sq|fl)\.? ?)?(?:lbs?|oz|ft|in|yds?|sq|fl|cu|gal|qt|pt|tsp|tbsp|hrs?|secs?|mins?|max|approx)\.$/i;
const beforeNumber =
  /(?:^|[\s(])(?:no|nr|núm|n°|vs|approx|ext|rs|rp|tel|tél|telf|apt|fig|vol|pp?|ch|sec|art|abs|str|min|max)\.$/i;
const month =
  /(?:^|[^\p{L}])(?:jan|feb|mar|apr|may|mai|june?|july?|aug|sept?|oct|okt|nov|dec|dez|ene|abr|ago|dic|janv|févr|avr|juil|déc|mrt|mei)\p{L}{0,7}[.,]?$/iu;

/** Whether a day of a month stands before the dash at the end, as in "March 5 – April 2". */
function isDay(text: string): boolean {
  const [, before] = /^(.*?)\s?\d{1,2}(?:st|nd|rd|th)?\s?[–—]$/.exec(text) ?? [];
  return before !== undefined && month.test(before);
}

const weekday = /(?:^|[\s(])(?:mon|tues?|wed|thu(?:rs?)?|fri|sat|sun),$/i;

/** Whether there is anything to say: a voice that is sent none of it answers with an error, or not at all. */
export function isSpeakable(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}

/**
 * Whether what looks like the end of a sentence or clause belongs to what follows: an abbreviation, or the dash of a range. `next`
 * is what stands after the white space, as far as it is written.
 */
export function goesOn(text: string, next = ''): boolean {
  const tail = text
    .slice(-sight)
    .trimEnd()
    .replace(/["'”’)\]*_~`]+$/, '');
  if (abbreviation.test(tail) || measure.test(tail) || weekday.test(tail)) return true;
  if (/[–—]$/.test(tail)) return next === '' || /^[\d$€£¥₹+(]/.test(next) || (isDay(tail) && /^\p{Lu}/u.test(next));
  if (next !== '' && !/^[\d+(#\p{Ll}]/u.test(next)) return false;
  return month.test(tail) || (!/^\p{Ll}/u.test(next) && beforeNumber.test(tail));
}

/** A place near `length` at which no character is torn. */
export function wholeCharacters(text: string, length: number): number {
  const code = text.charCodeAt(length - 1);
  return code >= 0xd800 && code < 0xdc00 ? length - 1 : length;
}

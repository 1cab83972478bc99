import { languageOf } from './languages/language-of.ts';

const forms = ['alone', 'masculine', 'feminine'] as const;
/** What stands before a date decides the ending of its ordinal, in German. */
const beforeDates = ['', 'am ', 'der '];
const largest = 59;
const daysOfMonth = 31;

/**
 * The words for the numbers of a clock and a calendar, 0 to 59, with the ordinals of days, as the reader speaks them. Undefined for a
 * language that it does not know (BCP 47).
 */
export function numberWords(tag: string): ReadonlyMap<string, number> | undefined {
  const language = languageOf(tag);
  if (!language) return undefined;
  const words = new Map<string, number>();
  for (let value = 0; value <= largest; value += 1)
    for (const form of forms) words.set(language.cardinal(BigInt(value), form), value);
  const [january = ''] = language.months[0] ?? [];
  const { ordinal } = language;
  for (let day = 1; day <= daysOfMonth; day += 1) {
    const inDates = beforeDates.map((before) => language.date({ day, month: 1 }, before));
    for (const date of inDates) words.set(date.replace(january, '').replace(/ de $/, '').trim(), day);
    for (const mark of ordinal?.mark.split('|') ?? []) words.set(ordinal!.spoken(day, mark), day);
  }
  return words;
}

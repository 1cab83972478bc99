import { ordinal, year } from './read-digits.ts';

const months = 'January February March April May June July August September October November December'.split(' ');
const short = months.map((month) => (month === 'May' ? month : `${month.slice(0, 3)}(?:t)?\\.?`));
const anyMonth = `(${months.join('|')}|${short.join('|')})`;
const day = '(3[01]|[12]\\d|0?[1-9])';
const someYear = '((?:19|20)\\d\\d)';

const iso = new RegExp(`(?<![\\w-])${someYear}-(1[0-2]|0[1-9])-(3[01]|[12]\\d|0[1-9])(?![\\w-])`, 'g');
const slashed = new RegExp(`(?<![\\w/.])(\\d{1,2})[/.](\\d{1,2})[/.]${someYear}(?![\\w/])`, 'g');
const monthDay = new RegExp(
  `\\b${anyMonth}\\s+${day}(?:st|nd|rd|th)?\\b(?!:|\\s?[ap]\\.?m)(?:,?\\s+${someYear}\\b)?`,
  'g',
);
const dayMonth = new RegExp(
  `(?<![\\w:.,])${day}(?:st|nd|rd|th)?(?:\\s+of)?\\s+${anyMonth}\\b(?:,?\\s+${someYear}\\b)?`,
  'g',
);

/** `2026-03-05`, `3/5/2026`, `March 5th, 2026`, `5 March` → March fifth, twenty twenty-six. */
export function readDates(text: string, { dayFirst }: { dayFirst: boolean }): string {
  return text
    .replace(iso, (_, inYear: string, month: string, onDay: string) =>
      spoken(months[Number(month) - 1]!, onDay, inYear),
    )
    .replace(slashed, (written: string, one: string, other: string, inYear: string) => {
      const [onDay, month] = dayFirst || Number(one) > 12 ? [one, other] : [other, one];
      const name = months[Number(month) - 1];
      return name && Number(onDay) >= 1 && Number(onDay) <= 31 ? spoken(name, onDay, inYear) : written;
    })
    .replace(monthDay, (_, month: string, onDay: string, inYear?: string) => spoken(whole(month), onDay, inYear))
    .replace(dayMonth, (_, onDay: string, month: string, inYear?: string) => spoken(whole(month), onDay, inYear));
}

function whole(month: string): string {
  return months.find((name) => name.startsWith(month.slice(0, 3))) ?? month;
}

function spoken(month: string, onDay: string, inYear: string | undefined): string {
  return `${month} ${ordinal(Number(onDay))}${inYear ? `, ${year(Number(inYear))}` : ''}`;
}

import { toCardinal } from 'n2words/en-US';

const half = '\\s?([ap])\\.?\\s?m\\b\\.?(?!\\w)';
const clock = new RegExp(`(?<![\\w:.])([01]?\\d|2[0-3]):([0-5]\\d)(?::[0-5]\\d)?(?:${half})?(?![\\w:])`, 'gi');
const hour = new RegExp(`(?<![\\w:.,])(1[0-2]|0?[1-9])${half}`, 'gi');
const hourRange = new RegExp(`(?<![\\w:.,])(1[0-2]|0?[1-9])\\s?[–-]\\s?(?=(?:1[0-2]|0?[1-9])${half})`, 'gi');
const clockRange = /([0-5]\d)(\s?[ap]\.?m\.?)?\s?[–-]\s?(?=\d{1,2}:[0-5]\d)/gi;

/** `3:30 pm` → three thirty PM, `15:00` → three PM, `9:00` → nine o'clock, `9am-5pm` → nine AM to five PM. */
export function readTimes(text: string): string {
  return text
    .replace(clockRange, '$1$2 to ')
    .replace(hourRange, '$1 to ')
    .replace(new RegExp(`(${half})\\s?[–-]\\s?(?=\\d)`, 'gi'), '$1 to ')
    .replace(clock, (_, hours: string, minutes: string, letter?: string) =>
      spoken(Number(hours), Number(minutes), letter),
    )
    .replace(hour, (_, hours: string, letter: string) => spoken(Number(hours), 0, letter));
}

function spoken(hours: number, minutes: number, letter: string | undefined): string {
  const isLate = hours > 12 || hours === 0;
  const halfDay = letter ? `${letter.toUpperCase()}M` : isLate ? (hours === 0 ? 'AM' : 'PM') : undefined;
  const twelve = hours % 12 === 0 ? 12 : hours % 12;
  const past = minutes === 0 ? '' : minutes < 10 ? ` oh ${toCardinal(minutes)}` : ` ${toCardinal(minutes)}`;
  if (!halfDay && !past) return `${toCardinal(twelve)} o'clock`;
  return `${toCardinal(twelve)}${past}${halfDay ? ` ${halfDay}` : ''}`;
}

import { toCardinal, toOrdinal } from 'n2words/en-US';

/** Digit by digit. */
export function digits(run: string): string {
  return run
    .split('')
    .map((digit) => toCardinal(Number(digit)))
    .join(' ');
}

/** 21 → twenty-first. */
export function ordinal(count: number): string {
  return toOrdinal(count);
}

/** Four digits that look like a year are read like one: as a house number that is no mistake either. */
export function year(value: number): string {
  const [century, rest] = [Math.floor(value / 100), value % 100];
  if (value % 1000 < 10) return toCardinal(value);
  if (rest === 0) return `${toCardinal(century)} hundred`;
  return `${toCardinal(century)} ${rest < 10 ? `oh ${toCardinal(rest)}` : toCardinal(rest)}`;
}

import { toCardinal } from 'n2words/en-US';
import { digits } from './read-digits.ts';

type Currency = { one: string; many: string; centOne: string; cents: string };
const dollar = { one: 'dollar', many: 'dollars', centOne: 'cent', cents: 'cents' };
const euro = { one: 'euro', many: 'euros', centOne: 'cent', cents: 'cents' };
const pound = { one: 'pound', many: 'pounds', centOne: 'penny', cents: 'pence' };
const currencies: Readonly<Record<string, Currency>> = {
  $: dollar,
  USD: dollar,
  '€': euro,
  EUR: euro,
  '£': pound,
  GBP: pound,
};

const amount = '(\\d{1,3}(?:,\\d{3})+|\\d+)(?:\\.(\\d{1,2}))?(?:\\s?(thousand|million|billion|[kKmM](?![\\w])))?';
const before = new RegExp(`(?<![\\w])([$€£]|USD |EUR |GBP )\\s?${amount}(?![\\w]|[.,]\\d)`, 'g');
const after = new RegExp(`(?<![\\w.,])${amount}\\s?([€£]|USD|EUR|GBP)(?![\\w])`, 'g');
const scales: Readonly<Record<string, string>> = { k: 'thousand', m: 'million' };

/** `$1,250.50` → one thousand two hundred fifty dollars and fifty cents. */
export function readMoney(text: string): string {
  return text
    .replace(before, (_, sign: string, whole: string, cents?: string, scale?: string) =>
      spoken({ sign, whole, cents, scale }),
    )
    .replace(after, (_, whole: string, cents: string | undefined, scale: string | undefined, sign: string) =>
      spoken({ sign, whole, cents, scale }),
    );
}

function spoken(money: { sign: string; whole: string; cents: string | undefined; scale: string | undefined }): string {
  const { one, many, centOne, cents: centMany } = currencies[money.sign.trim()]!;
  const whole = BigInt(money.whole.replaceAll(',', ''));
  const { cents, scale } = money;
  if (scale) {
    const part = cents === undefined ? '' : ` point ${digits(cents)}`;
    return `${toCardinal(whole)}${part} ${scales[scale.toLowerCase()] ?? scale} ${many}`;
  }
  const small = cents === undefined ? 0 : Number(cents.padEnd(2, '0'));
  const centWords = `${toCardinal(small)} ${small === 1 ? centOne : centMany}`;
  if (whole === 0n && small > 0) return centWords;
  return `${toCardinal(whole)} ${whole === 1n ? one : many}${small > 0 ? ` and ${centWords}` : ''}`;
}

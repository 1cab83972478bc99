import { readFileSync } from 'node:fs';
import { z } from 'zod';

const decimalText = z.string().regex(/^\d{1,6}(?:\.\d{1,12})?$/, 'is not an amount such as 0.014');

const rateSchema = z.strictObject({
  /** Beginning of the number called, E.164; `+` alone fits every number. */
  prefix: z.string().regex(/^\+\d{0,14}$/, 'is not the beginning of a number such as +4915'),
  destination: z.string().min(1).max(100),
  /** USD, as exact decimal text. */
  usd_per_minute: decimalText,
  /** USD for each call that is answered, besides its minutes. */
  usd_per_call: decimalText.default('0'),
  /** What a call is rounded up to; nearly every carrier's list says whole minutes. */
  increment_seconds: z.number().int().min(1).max(3600).default(60),
  as_of: z.iso.date(),
  source: z.string().min(1),
});

/** What a carrier takes for calls to numbers that begin with `prefix`. */
export type Rate = z.output<typeof rateSchema>;

/** The lists in which a number is looked for; the first that knows it counts. */
export type RateLists = readonly (readonly Rate[])[];

const shipped = new URL('./rates.json', import.meta.url);

/**
 * The operator's list, if there is one, before that of `rates.json`.
 * @throws Error naming the file and the row that is missing or of another shape
 */
export function readRates(operatorFile?: string): RateLists {
  return [...(operatorFile === undefined ? [] : [operatorFile]), shipped].map((file) => {
    const read = z.array(rateSchema).safeParse(JSON.parse(readFileSync(file, 'utf8')));
    if (read.success) return read.data;
    const [issue] = read.error.issues;
    throw new Error(`The rates in ${String(file)} are not right: ${issue?.path.join('.')} ${issue?.message}.`);
  });
}

/** The rate of the longest prefix of the number, in the first list that has one; the shipped list has one for every number. */
export function rateOf(e164: string, lists: RateLists): Rate {
  for (const rates of lists) {
    let longest: Rate | undefined;
    for (const rate of rates)
      if (e164.startsWith(rate.prefix) && rate.prefix.length > (longest?.prefix.length ?? 0)) longest = rate;
    if (longest) return longest;
  }
  throw new Error('No list of rates has a rate for every number; add one with the prefix "+".');
}

/**
 * What a call costs whose other side was on the line for so many seconds: the fee, and each increment that was begun, at least
 * one. USD as exact decimal text. The database settles a call by the same formula (`parley.carrier_usd`).
 */
export function carrierUsd(rate: Pick<Rate, 'usd_per_minute' | 'usd_per_call' | 'increment_seconds'>, seconds: number) {
  const increments = Math.max(1, Math.ceil(seconds / rate.increment_seconds));
  const perMinute = units(rate.usd_per_minute) * BigInt(increments * rate.increment_seconds);
  // Rounded to the twelfth decimal, half up.
  return text(units(rate.usd_per_call) + (perMinute + 30n) / 60n);
}

/** Prices have twelve decimals; whole numbers add up exactly. */
const decimals = 12;

function units(usd: string): bigint {
  const [whole = '0', fraction = ''] = usd.split('.');
  return BigInt(whole + fraction.padEnd(decimals, '0'));
}

function text(amount: bigint): string {
  const digits = amount.toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, -decimals);
  let fraction = digits.slice(-decimals);
  while (fraction.endsWith('0')) fraction = fraction.slice(0, -1);
  return fraction ? `${whole}.${fraction}` : whole;
}

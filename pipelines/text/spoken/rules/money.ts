import type { Currency, Language } from '../languages/language.ts';
import { cardinal, type Numeral, numeral, parseNumeral, spacedNumeral, spokenNumeral } from '../numerals.ts';
import { at, oneOf, type Place, type Rule, startingWith } from '../rule.ts';
import { nameOf } from './measures.ts';

/** Signs of currencies by their ISO 4217 code. */
const signs: Readonly<Record<string, string>> = {
  $: 'USD',
  US$: 'USD',
  '€': 'EUR',
  '£': 'GBP',
  '¥': 'JPY',
  '￥': 'JPY',
  '₹': 'INR',
  'Rs.': 'INR',
  Rs: 'INR',
  A$: 'AUD',
  AU$: 'AUD',
  C$: 'CAD',
  CA$: 'CAD',
  NZ$: 'NZD',
  HK$: 'HKD',
  S$: 'SGD',
  R$: 'BRL',
  MX$: 'MXN',
  '₩': 'KRW',
  '₽': 'RUB',
  '₺': 'TRY',
  '₪': 'ILS',
  '₦': 'NGN',
  '₱': 'PHP',
  '₫': 'VND',
  '₴': 'UAH',
  zł: 'PLN',
  Kč: 'CZK',
  Rp: 'IDR',
  'Rp.': 'IDR',
  'Fr.': 'CHF',
  SFr: 'CHF',
  'SFr.': 'CHF',
  'CN¥': 'CNY',
  RMB: 'CNY',
};
const amount = `(?:${spacedNumeral}|${numeral})`;

type Amount = { written: string; sign: string; scale: string | undefined; isNegative: boolean };

/** Amounts of money, with the sign or the code of their currency on either side. */
export function moneyRules(language: Language): Rule[] {
  const { currencies, scales, per, words, measuredNouns } = language;
  const codes = Object.keys(currencies);
  const known = [...Object.keys(signs).filter((sign) => signs[sign]! in currencies), ...codes];
  const scaleWords = oneOf(Object.keys(scales).filter((scale) => scale.length > 2));
  const scaleLetters = oneOf(Object.keys(scales).filter((scale) => scale.length <= 2));
  const scale = `(?:(?:\\s?(${scaleWords})|(${scaleLetters}))(?![\\p{L}\\d]))?`;
  const rate = `(?:\\s?/\\s?(${oneOf(Object.keys(per))})(?!\\p{L}))?`;
  const round = String.raw`(?:,[-–—]{1,2})?`;
  const minus = '(-\\s?)?';
  const over = String.raw`(?!\d|\p{L}|[.,]\d)`;
  const currency = (sign: string) => currencies[signs[sign] ?? sign];
  const spokenRate = (what: string | undefined) => (what === undefined ? '' : ` ${per[what]}`);
  const nouns = measuredNouns ? new RegExp(`^ (?:${measuredNouns})(?!\\p{L})`, 'u') : undefined;
  /** A twenty dollar bill. */
  const isAttribute = ({ before, after }: Place) =>
    /(?:^|\s)(?:an?|the|this|your)\s$/i.test(before) && !!nouns?.test(after);
  const spoken = ({ written, sign, scale: scaled, isNegative }: Amount): string | undefined => {
    const of = currency(sign);
    const value = of && parseAmount(written, sign, language);
    if (!of || !value) return undefined;
    return `${isNegative ? `${words.minus} ` : ''}${scaled ? inScale(value, scales[scaled]!, of, language) : plain(value, of, language)}`;
  };
  return [
    ...startingWith([{ signs: '-$€£¥￥₹₩₽₺₪₦₱₫₴' }, 'letter'], {
      pattern: at(
        `${minus}(${oneOf(known)})\\s?${minus}(${amount})${round}${scale}(?:\\s?[–-]\\s?(${amount})${scale}(?!\\s?[$€£¥₹%:/-]))?${over}${rate}`,
      ),
      read(
        [, outer, sign = '', inner, written = '', scaleWord, scaleLetter, until, untilWord, untilLetter, what],
        place,
      ) {
        if (outer !== undefined && /[\p{L}\d]$/u.test(place.before)) return undefined;
        const isNegative = outer !== undefined || inner !== undefined;
        const scaled = scaleWord ?? scaleLetter;
        const low = spoken({ written, sign, scale: scaled, isNegative });
        if (low === undefined) return undefined;
        if (until === undefined && scaled === undefined && /^\d+$/.test(written) && isAttribute(place))
          return `${cardinal(written, language)} ${nameOf(currency(sign)!)}`;
        if (until === undefined) return `${low}${spokenRate(what)}`;
        const high = spoken({ written: until, sign, scale: untilWord ?? untilLetter, isNegative: false });
        const first = parseNumeral(written, language.decimalMark);
        if (high === undefined || !first) return undefined;
        const isShort = scaled === undefined && first.part === undefined && !isNegative;
        return `${isShort ? cardinal(first.whole, language, currency(sign)?.form) : low} ${words.to} ${high}${spokenRate(what)}`;
      },
      isQuantity: true,
    }),
    {
      starts: 'digit',
      pattern: at(`(${amount})${round}${scale}\\s?(${oneOf([...known, '¢'])})(?![\\p{L}\\d])${rate}`),
      read([, written = '', scaleWord, scaleLetter, sign = '', what]) {
        if (sign === '¢') return cents(written, language);
        const whole = spoken({ written, sign, scale: scaleWord ?? scaleLetter, isNegative: false });
        return whole && `${whole}${spokenRate(what)}`;
      },
      isQuantity: true,
    },
  ];
}

/** `€1.250` is grouped everywhere; `$3.459` is a price of petrol where the mark of decimals is a point. */
function parseAmount(written: string, sign: string, { decimalMark }: Language): Numeral | undefined {
  const isGrouped = !'$£'.includes(sign) && /^[1-9]\d{0,2}[.,]\d{3}$/.test(written);
  return isGrouped ? { whole: written.replace(/\D/, '') } : parseNumeral(written, decimalMark);
}

function cents(written: string, language: Language): string | undefined {
  const value = parseNumeral(written, language.decimalMark);
  const cent = language.currencies['USD']?.cent;
  return value && cent && counted(value, cent, language);
}

function counted(value: Numeral, { one, many, form }: Currency, language: Language): string {
  return value.whole === '1' && !value.part ? one : `${spokenNumeral(value, language, form ?? 'masculine')} ${many}`;
}

function inScale(value: Numeral, scale: string, currency: Currency, language: Language): string {
  return `${spokenNumeral(value, language, 'masculine')} ${language.millionLink(scale, currency)}`;
}

function plain({ whole, part }: Numeral, currency: Currency, language: Language): string {
  const { cent } = currency;
  if (part !== undefined && (part.length > 2 || (!cent && Number(part) > 0)))
    return `${spokenNumeral({ whole, part }, language)} ${currency.many}`;
  const small = Number((part ?? '').padEnd(2, '0'));
  const smallWords = cent && small > 0 ? counted({ whole: String(small) }, cent, language) : '';
  if (smallWords && /^0+$/.test(whole)) return smallWords;
  const isRound = /^[1-9]\d*0{6}$/.test(whole) && whole.length <= 18;
  const large = isRound ? roundMillions(whole, currency, language) : counted({ whole }, currency, language);
  return smallWords ? `${large} ${language.centLink} ${smallWords}` : large;
}

/** In some languages a round million is a million "of" something. */
function roundMillions(whole: string, currency: Currency, language: Language): string {
  const words = language.cardinal(BigInt(whole), currency.form ?? 'masculine').split(' ');
  const scale = words.pop() ?? '';
  return [...words, language.millionLink(scale, currency)].join(' ');
}

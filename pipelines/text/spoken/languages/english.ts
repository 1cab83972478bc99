import { toCardinal, toOrdinal } from 'n2words/en-US';
import type { Currency, Language } from './language.ts';
import { englishUnits } from './english-units.ts';

const bottoms: Readonly<Record<number, readonly [one: string, many: string]>> = {
  2: ['half', 'halves'],
  3: ['third', 'thirds'],
  4: ['quarter', 'quarters'],
  5: ['fifth', 'fifths'],
  6: ['sixth', 'sixths'],
  7: ['seventh', 'sevenths'],
  8: ['eighth', 'eighths'],
  9: ['ninth', 'ninths'],
  10: ['tenth', 'tenths'],
  12: ['twelfth', 'twelfths'],
  16: ['sixteenth', 'sixteenths'],
  32: ['thirty-second', 'thirty-seconds'],
  64: ['sixty-fourth', 'sixty-fourths'],
  100: ['hundredth', 'hundredths'],
};
const cent = { one: 'one cent', many: 'cents' };
const money = (one: string, many: string, small: Currency['cent'] = cent): Currency => ({
  one: `one ${one}`,
  many,
  cent: small,
});
const whole = (one: string, many: string): Currency => ({ one: `one ${one}`, many });

const monthNames = 'January February March April May June July August September October November December'.split(' ');

/** The two parts of a hundred. */
const isShare = (one: number, other: number) => one + other === 100 && one >= 10 && other >= 10;

/** English of a region (`us`, `gb` …): the United States write the month of a date in digits first, and say no "and" after hundreds. */
export function english(region: string | undefined): Language {
  const isAmerican = region === undefined || region === 'us';
  const and = { and: !isAmerican && region !== 'ca' };
  const small = (value: number) => toCardinal(value, and);
  const year = (value: number): string => {
    const [century, rest] = [Math.floor(value / 100), value % 100];
    if (value % 1000 < 10) return small(value);
    if (rest === 0) return `${small(century)} hundred`;
    return `${small(century)} ${rest < 10 ? `oh ${small(rest)}` : small(rest)}`;
  };
  const run = (written: string) =>
    written
      .split('')
      .map((digit) => small(Number(digit)))
      .join(' ');
  return {
    cardinal: (value) => toCardinal(value, and),
    year,
    decimalMark: '.',
    decimals: run,
    digitGroup: run,
    words: {
      point: 'point',
      dot: 'dot',
      minus: 'minus',
      plus: 'plus',
      to: 'to',
      and: 'and',
      or: 'or',
      times: 'times',
      by: 'by',
      equals: 'equals',
      number: 'number',
      at: 'at',
      utc: 'UTC',
      seconds: { one: 'one second', many: 'seconds' },
      about: 'about',
      less: 'less than',
      more: 'more than',
      atLeast: 'at least',
      atMost: 'at most',
      section: 'section',
      star: 'star',
      hash: isAmerican ? 'pound' : 'hash',
    },
    addressSigns: {
      '.': 'dot',
      '@': 'at',
      '/': 'slash',
      '-': 'dash',
      _: 'underscore',
      '+': 'plus',
      '?': 'question mark',
      '=': 'equals',
      '&': 'and',
      '%': 'percent',
      '#': 'hash',
      ':': 'colon',
      '~': 'tilde',
      ',': 'comma',
      ';': 'semicolon',
    },
    sentenceStarters: new Set(
      'it is in to me my so do we be am as at no us the and you your if please for this that there our they he she but or when what how can could would will are was has have not let thanks thank yes now then here just also'.split(
        ' ',
      ),
    ),
    months: monthNames.map((name) => [
      name,
      ...(name === 'May' ? [] : [name.slice(0, 3)]),
      ...(name === 'September' ? ['Sept'] : []),
    ]),
    weekdays: {
      Mon: 'Monday',
      Tue: 'Tuesday',
      Tues: 'Tuesday',
      Wed: 'Wednesday',
      Thu: 'Thursday',
      Thur: 'Thursday',
      Thurs: 'Thursday',
      Fri: 'Friday',
      Sat: 'Saturday',
      Sun: 'Sunday',
    },
    dayMark: 'st|nd|rd|th',
    dateLink: 'of',
    monthFirst: isAmerican,
    datePrepositions: /(?:^|\s)(?:on|by|until|till|before|after|since|from|through|due|dated|born|to)\s$/i,
    date({ day, month, year: inYear, dayFirst }, before) {
      const name = monthNames[month - 1];
      const spoken =
        dayFirst && /\bthe\s$/i.test(before) ? `${toOrdinal(day)} of ${name}` : `${name} ${toOrdinal(day)}`;
      return inYear === undefined ? spoken : `${spoken}, ${year(inYear)}`;
    },
    clockMark: ':',
    half: String.raw`([ap])\.?\s?m(?![\p{L}\d])\.?`,
    time({ hours, minutes, half }) {
      const isLate = hours > 12 || hours === 0;
      const told = half ?? (isLate ? (hours === 0 ? 'am' : 'pm') : undefined);
      const twelve = small(hours % 12 === 0 ? 12 : hours % 12);
      const past = minutes === 0 ? '' : minutes < 10 ? ` oh ${small(minutes)}` : ` ${small(minutes)}`;
      if (!told && !past) return `${twelve} o'clock`;
      return `${twelve}${past}${told ? ` ${told.toUpperCase()}` : ''}`;
    },
    ordinal: { mark: 'st|nd|rd|th', spoken: (value) => toOrdinal(value) },
    decade(value) {
      const tens = small(Number(value.slice(-2)));
      const many = tens === 'ten' ? 'tens' : tens.replace(/y$/, 'ies');
      if (value.length === 2) return many;
      const century = Number(value.slice(0, 2));
      if (value.endsWith('00')) return century === 20 ? 'two thousands' : `${small(century)} hundreds`;
      return `${small(century)} ${many}`;
    },
    fraction(top, bottom) {
      const names = bottoms[bottom];
      if (bottom === 0 || top === 0) return `${small(top)} over ${small(bottom)}`;
      if (top === bottom && !isShare(top, bottom)) return `${small(top)} out of ${small(bottom)}`;
      if (names && top < bottom) return `${small(top)} ${names[top === 1 ? 0 : 1]}`;
      // "24/7", "9/11", "80/20" are read as their numbers.
      if ((top === 24 && bottom === 7) || (top === 9 && bottom === 11) || isShare(top, bottom))
        return `${small(top)} ${small(bottom)}`;
      return `${small(top)} ${top < bottom ? 'out of' : 'over'} ${small(bottom)}`;
    },
    mixed(count, top, bottom) {
      const names = bottoms[bottom];
      if (!names || top >= bottom || top === 0) return undefined;
      if (top > 1) return `${count} and ${small(top)} ${names[1]}`;
      return `${count} and ${/^[aeiou]/.test(names[0]) ? 'an' : 'a'} ${names[0]}`;
    },
    currencies: {
      USD: money('dollar', 'dollars'),
      EUR: money('euro', 'euros'),
      GBP: money('pound', 'pounds', { one: 'one penny', many: 'pence' }),
      CHF: money('Swiss franc', 'Swiss francs', { one: 'one centime', many: 'centimes' }),
      CAD: money('Canadian dollar', 'Canadian dollars'),
      AUD: money('Australian dollar', 'Australian dollars'),
      NZD: money('New Zealand dollar', 'New Zealand dollars'),
      HKD: money('Hong Kong dollar', 'Hong Kong dollars'),
      SGD: money('Singapore dollar', 'Singapore dollars'),
      MXN: money('Mexican peso', 'Mexican pesos', { one: 'one centavo', many: 'centavos' }),
      BRL: money('real', 'reais', { one: 'one centavo', many: 'centavos' }),
      INR: money('rupee', 'rupees', { one: 'one paisa', many: 'paise' }),
      JPY: whole('yen', 'yen'),
      CNY: money('yuan', 'yuan', { one: 'one fen', many: 'fen' }),
      KRW: whole('won', 'won'),
      RUB: money('ruble', 'rubles', { one: 'one kopeck', many: 'kopecks' }),
      TRY: money('lira', 'lira', { one: 'one kurus', many: 'kurus' }),
      ILS: money('shekel', 'shekels', { one: 'one agora', many: 'agorot' }),
      NGN: money('naira', 'naira', { one: 'one kobo', many: 'kobo' }),
      PHP: money('peso', 'pesos', { one: 'one centavo', many: 'centavos' }),
      VND: whole('dong', 'dong'),
      UAH: money('hryvnia', 'hryvnias', { one: 'one kopiyka', many: 'kopiykas' }),
      PLN: money('zloty', 'zlotys', { one: 'one grosz', many: 'groszy' }),
      CZK: money('koruna', 'korunas', { one: 'one haler', many: 'halers' }),
      IDR: whole('rupiah', 'rupiah'),
      SEK: money('krona', 'kronor', { one: 'one ore', many: 'ore' }),
      NOK: money('krone', 'kroner', { one: 'one ore', many: 'ore' }),
      DKK: money('krone', 'kroner', { one: 'one ore', many: 'ore' }),
      ZAR: money('rand', 'rand'),
      AED: money('dirham', 'dirhams', { one: 'one fils', many: 'fils' }),
      SAR: money('riyal', 'riyals', { one: 'one halala', many: 'halalas' }),
      THB: money('baht', 'baht', { one: 'one satang', many: 'satang' }),
    },
    centLink: 'and',
    millionLink: (scale, { many }) => `${scale} ${many}`,
    scales: {
      thousand: 'thousand',
      million: 'million',
      billion: 'billion',
      trillion: 'trillion',
      mln: 'million',
      k: 'thousand',
      K: 'thousand',
      M: 'million',
      mn: 'million',
      B: 'billion',
      bn: 'billion',
      m: 'million',
    },
    per: {
      second: 'a second',
      sec: 'a second',
      s: 'a second',
      minute: 'a minute',
      min: 'a minute',
      hour: 'an hour',
      hr: 'an hour',
      h: 'an hour',
      day: 'a day',
      night: 'a night',
      week: 'a week',
      wk: 'a week',
      month: 'a month',
      mo: 'a month',
      year: 'a year',
      yr: 'a year',
      person: 'a person',
      head: 'a head',
      unit: 'a unit',
      user: 'a user',
      seat: 'a seat',
      mile: 'a mile',
      gallon: 'a gallon',
      gal: 'a gallon',
      lb: 'a pound',
      kg: 'a kilogram',
      km: 'a kilometer',
      kWh: 'a kilowatt hour',
      l: 'a liter',
      L: 'a liter',
      item: 'an item',
      page: 'a page',
      visit: 'a visit',
      session: 'a session',
    },
    units: englishUnits,
    perWord: 'per',
    measuredNouns:
      'bags?|box(?:es)?|packs?|packages?|bottles?|jars?|cans?|cups?|containers?|rolls?|cables?|hoses?|ropes?|pipes?|boards?|drives?|runs?|races?|walks?|hikes?|radius|limit|block|tanks?|weights?|turkeys?|tv|screens?|monitors?|ladders?|tables?|bulbs?|discount|deposit|fee|tip|increase|decrease|raise|off(?= coupon)|battery|engine|pool|ceilings?|walls?|fence|trailers?|trucks?|bills?|notes?|coins?|tickets?|gift|charges?|credits?|coupons?|copay|minimum',
    feet: { foot: { one: 'one foot', many: 'feet' }, inch: { one: 'one inch', many: 'inches' } },
    codes: {
      strong:
        'code codes pin pins passcode password account acct card iban reference ref extension ext zip postcode confirmation tracking serial ssn routing call dial ring text phone telephone tel fax otp id digits member membership license licence passport policy plate',
      weak: 'order ticket case booking reservation invoice number no flight claim customer room suite apartment apt unit line model vin',
      links: 'number no is are was were of id code ending ends in with the your on at for it us plate',
    },
    yearWords:
      'in|since|from|until|till|by|year|circa|of|before|after|around|and|to|between|spring|summer|autumn|fall|winter',
    abbreviations: {
      no: 'number',
      nr: 'number',
      ext: 'extension',
      apt: 'apartment',
      approx: 'approximately',
      pp: 'pages',
      vol: 'volume',
      ch: 'chapter',
      sec: 'section',
      fig: 'figure',
      min: 'minimum',
      max: 'maximum',
    },
    ...(isAmerican && {
      postcode: String.raw`(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]),? (\d{5}(?:-\d{4})?)`,
    }),
    phone: String.raw`(?:1[ .-])?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}|00 ?\d{1,4}(?: \d{1,8}){2,6}|0\d{1,5}(?:[ .\-\/]\d{2,8}){1,5}|\d{3}[-.]\d{4}|\d{3} \d{4}`,
  };
}

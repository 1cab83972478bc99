import { toCardinal, toOrdinal } from 'n2words/nl-NL';
import { metricUnits } from './metric-units.ts';
import type { Form, Language } from './language.ts';

const months = 'januari februari maart april mei juni juli augustus september oktober november december'.split(' ');
const shortMonths = 'jan feb mrt apr _ jun jul aug sep okt nov dec'.split(' ');
const cent = { one: 'één cent', many: 'cent' };
/** Hundreds and what follows are one word. */
const cardinal = (value: bigint | number, _form?: Form) =>
  toCardinal(value).replace(/honderd (?!miljo|miljar|biljo|biljar)/g, 'honderd');
const year = (value: number) =>
  value % 100 === 0 && value < 2000 ? `${toCardinal(value / 100)}honderd` : cardinal(value);
const run = (written: string) =>
  written
    .split('')
    .map((digit) => toCardinal(Number(digit)))
    .join(' ');
const decimals = (part: string) => (part.length === 2 && !part.startsWith('0') ? toCardinal(Number(part)) : run(part));
const bottoms: Readonly<Record<number, readonly [string, string]>> = {
  3: ['derde', 'derde'],
  4: ['kwart', 'kwart'],
  5: ['vijfde', 'vijfde'],
  6: ['zesde', 'zesde'],
  8: ['achtste', 'achtste'],
  10: ['tiende', 'tiende'],
};

/** Dutch: nothing that is counted changes its number, and a time is told with "uur". */
export function dutch(): Language {
  return {
    cardinal,
    year,
    decimalMark: ',',
    decimals,
    digitGroup: run,
    words: {
      point: 'komma',
      dot: 'punt',
      minus: 'min',
      plus: 'plus',
      to: 'tot',
      and: 'en',
      or: 'of',
      times: 'keer',
      by: 'bij',
      equals: 'is',
      number: 'nummer',
      at: 'om',
      utc: 'UTC',
      seconds: { one: 'één seconde', many: 'seconden' },
      about: 'ongeveer',
      less: 'minder dan',
      more: 'meer dan',
      atLeast: 'minstens',
      atMost: 'hoogstens',
      section: 'paragraaf',
      star: 'sterretje',
      hash: 'hekje',
    },
    addressSigns: {
      '.': 'punt',
      '@': 'apenstaartje',
      '/': 'slash',
      '-': 'streepje',
      _: 'liggend streepje',
      '+': 'plus',
      '?': 'vraagteken',
      '=': 'is',
      '&': 'en',
      '%': 'procent',
      '#': 'hekje',
      ':': 'dubbele punt',
      '~': 'tilde',
      ',': 'komma',
      ';': 'puntkomma',
    },
    sentenceStarters: new Set(
      'de het een we wij u je ik in is op om zo ja nee en of maar als wat hoe waar dat dit er'.split(' '),
    ),
    months: months.map((name, index) => (shortMonths[index] === '_' ? [name] : [name, shortMonths[index]!])),
    weekdays: {
      ma: 'maandag',
      di: 'dinsdag',
      wo: 'woensdag',
      do: 'donderdag',
      vr: 'vrijdag',
      za: 'zaterdag',
      zo: 'zondag',
    },
    dayMark: 'e',
    dateLink: String.raw`(?!)`,
    monthFirst: false,
    datePrepositions: /(?:^|[\s,])(?:op|van|tot|vanaf|voor|na|sinds)\s$/i,
    date({ day, month, year: inYear }) {
      const spoken = `${cardinal(day)} ${months[month - 1]}`;
      return inYear === undefined ? spoken : `${spoken} ${year(inYear)}`;
    },
    clockWords: 'uur|u',
    clockMark: ':',
    time: ({ hours, minutes }) => `${cardinal(hours)} uur${minutes === 0 ? '' : ` ${cardinal(minutes)}`}`,
    ordinal: { mark: 'ste|de|e', spoken: (value) => toOrdinal(value) },
    fraction(top, bottom) {
      if (bottom === 2 && top === 1) return 'een half';
      const names = bottoms[bottom];
      return names && top < bottom ? `${top === 1 ? 'een' : cardinal(top)} ${names[0]}` : undefined;
    },
    mixed(count, top, bottom) {
      if (top === 1 && bottom === 2)
        return count === 'één' ? 'anderhalf' : `${count}ënhalf`.replace(/([^e])ënhalf$/, '$1enhalf');
      const names = bottoms[bottom];
      return names && top < bottom ? `${count} ${top === 1 ? 'een' : cardinal(top)} ${names[0]}` : undefined;
    },
    currencies: {
      EUR: { one: 'één euro', many: 'euro', cent },
      USD: { one: 'één dollar', many: 'dollar', cent: { one: 'één cent', many: 'cent' } },
      GBP: { one: 'één pond', many: 'pond', cent: { one: 'één penny', many: 'pence' } },
      CHF: { one: 'één Zwitserse frank', many: 'Zwitserse frank', cent: { one: 'één rappen', many: 'rappen' } },
      JPY: { one: 'één yen', many: 'yen' },
      INR: { one: 'één roepie', many: 'roepie' },
    },
    centLink: 'en',
    millionLink: (scale, { many }) => `${scale} ${many}`,
    scales: {
      duizend: 'duizend',
      miljoen: 'miljoen',
      miljard: 'miljard',
      mln: 'miljoen',
      'mln.': 'miljoen',
      mld: 'miljard',
      k: 'duizend',
    },
    per: {
      maand: 'per maand',
      jaar: 'per jaar',
      dag: 'per dag',
      week: 'per week',
      uur: 'per uur',
      nacht: 'per nacht',
      persoon: 'per persoon',
      kg: 'per kilo',
    },
    perWord: 'per',
    units: metricUnits({
      km: ['één kilometer', 'kilometer'],
      m: ['één meter', 'meter'],
      cm: ['één centimeter', 'centimeter'],
      mm: ['één millimeter', 'millimeter'],
      'm²': ['één vierkante meter', 'vierkante meter'],
      'km²': ['één vierkante kilometer', 'vierkante kilometer'],
      'm³': ['één kubieke meter', 'kubieke meter'],
      kg: ['één kilogram', 'kilogram'],
      g: ['één gram', 'gram'],
      mg: ['één milligram', 'milligram'],
      'l|L': ['één liter', 'liter'],
      ml: ['één milliliter', 'milliliter'],
      'km/u|km/h': ['één kilometer per uur', 'kilometer per uur'],
      kWh: ['één kilowattuur', 'kilowattuur'],
      kW: ['één kilowatt', 'kilowatt'],
      W: ['één watt', 'watt'],
      GB: ['één gigabyte', 'gigabyte'],
      MB: ['één megabyte', 'megabyte'],
      min: ['één minuut', 'minuten'],
      s: ['één seconde', 'seconden'],
      '°C|° C': ['één graad', 'graden'],
      '°F|° F': ['één graad Fahrenheit', 'graden Fahrenheit'],
      '°': ['één graad', 'graden'],
      '%': ['één procent', 'procent'],
    }),
    codes: {
      strong:
        'code pin pincode wachtwoord rekening rekeningnummer kaart iban referentie telefoon telefoonnummer tel toestel postcode klantnummer nummer bel polis',
      weak: 'bestelling bestelnummer order ticket factuur factuurnummer boeking dossier nr vlucht kamer',
      links: 'nummer nr is zijn eindigt op met de het uw',
    },
    abbreviations: { nr: 'nummer', ca: 'circa', tel: 'telefoon', max: 'maximaal', min: 'minimaal', blz: 'bladzijde' },
    phone: String.raw`0\d{1,3}[ \-]{1,3}\d{2,8}(?:[ .\-]\d{2,4}){0,4}`,
  };
}

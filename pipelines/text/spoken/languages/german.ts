import { toCardinal, toOrdinal } from 'n2words/de-DE';
import { metricUnits } from './metric-units.ts';
import type { Language } from './language.ts';

const months = 'Januar Februar März April Mai Juni Juli August September Oktober November Dezember'.split(' ');
const shortMonths = 'Jan Feb Mär Apr _ Jun Jul Aug Sep Okt Nov Dez'.split(' ');
const cent = { one: 'ein Cent', many: 'Cent' };
const run = (written: string) =>
  written
    .split('')
    .map((digit) => toCardinal(Number(digit)))
    .join(' ');

function year(value: number): string {
  const [century, rest] = [Math.floor(value / 100), value % 100];
  if (century < 11 || century > 19) return toCardinal(value);
  return `${toCardinal(century)}hundert${rest === 0 ? '' : toCardinal(rest)}`;
}

const bottoms: Readonly<Record<number, string>> = {
  3: 'drittel',
  4: 'viertel',
  5: 'fünftel',
  6: 'sechstel',
  8: 'achtel',
  10: 'zehntel',
};

/** German: numbers decide no gender but that of one, and the word before a date decides its ending. */
export function german(): Language {
  return {
    cardinal(value, form = 'alone') {
      if (value === 1n && form !== 'alone') return form === 'feminine' ? 'eine' : 'ein';
      const spoken = toCardinal(value);
      return form === 'alone'
        ? spoken
        : spoken.replace(/hunderteins$/, 'hundertein').replace(/tausendeins$/, 'tausendein');
    },
    year,
    decimalMark: ',',
    decimals: run,
    digitGroup: run,
    words: {
      point: 'Komma',
      dot: 'Punkt',
      minus: 'minus',
      plus: 'plus',
      to: 'bis',
      and: 'und',
      or: 'oder',
      times: 'mal',
      by: 'mal',
      equals: 'gleich',
      number: 'Nummer',
      at: 'um',
      utc: 'UTC',
      seconds: { one: 'eine Sekunde', many: 'Sekunden', form: 'feminine' },
      about: 'etwa',
      less: 'weniger als',
      more: 'mehr als',
      atLeast: 'mindestens',
      atMost: 'höchstens',
      section: 'Paragraf',
      star: 'Stern',
      hash: 'Raute',
    },
    addressSigns: {
      '.': 'Punkt',
      '@': 'at',
      '/': 'Schrägstrich',
      '-': 'Minus',
      _: 'Unterstrich',
      '+': 'plus',
      '?': 'Fragezeichen',
      '=': 'gleich',
      '&': 'und',
      '%': 'Prozent',
      '#': 'Raute',
      ':': 'Doppelpunkt',
      '~': 'Tilde',
      ',': 'Komma',
      ';': 'Semikolon',
    },
    sentenceStarters: new Set(
      'der die das es er sie wir ihr ich in im am an um so da ja nein bitte und oder aber wenn was wie wo ist sind hier'.split(
        ' ',
      ),
    ),
    months: months.map((name, index) => (shortMonths[index] === '_' ? [name] : [name, shortMonths[index]!])),
    weekdays: {
      Mo: 'Montag',
      Di: 'Dienstag',
      Mi: 'Mittwoch',
      Do: 'Donnerstag',
      Fr: 'Freitag',
      Sa: 'Samstag',
      So: 'Sonntag',
    },
    dayMark: String.raw`\.`,
    dateLink: String.raw`(?!)`,
    monthFirst: false,
    datePrepositions: /(?:^|[\s,])(?:am|vom|zum|dem|den|der|bis|ab|seit)\s$/i,
    date({ day, month, year: inYear }, before) {
      const isDefinite = /(?:^|[\s(])(?:der|die|das)\s$/i.test(before);
      const isInflected = /(?:^|[\s(,])(?:am|vom|zum|beim|dem|den|des|bis|ab|seit|im)\s$/i.test(before);
      const spoken = `${toOrdinal(day)}${isInflected ? 'n' : isDefinite ? '' : 'r'} ${months[month - 1]}`;
      return inYear === undefined ? spoken : `${spoken} ${year(inYear)}`;
    },
    clockWords: 'Uhr|h',
    clockMark: ':',
    time: ({ hours, minutes }) =>
      `${hours === 1 ? 'ein' : toCardinal(hours)} Uhr${minutes === 0 ? '' : ` ${toCardinal(minutes)}`}`,
    fraction(top, bottom) {
      if (top === 1 && bottom === 2) return 'ein halb';
      const name = bottoms[bottom];
      return name && top < bottom ? `${top === 1 ? 'ein' : toCardinal(top)} ${name}` : undefined;
    },
    mixed(count, top, bottom) {
      if (top === 1 && bottom === 2) return `${count === 'eins' ? 'ein' : count}einhalb`;
      const name = bottoms[bottom];
      return name && top < bottom ? `${count} ${top === 1 ? 'ein' : toCardinal(top)} ${name}` : undefined;
    },
    currencies: {
      EUR: { one: 'ein Euro', many: 'Euro', cent },
      USD: { one: 'ein Dollar', many: 'Dollar', cent },
      GBP: { one: 'ein Pfund', many: 'Pfund', form: 'masculine', cent: { one: 'ein Penny', many: 'Pence' } },
      CHF: { one: 'ein Franken', many: 'Franken', cent: { one: 'ein Rappen', many: 'Rappen' } },
      JPY: { one: 'ein Yen', many: 'Yen' },
      INR: { one: 'eine Rupie', many: 'Rupien', form: 'feminine' },
      CAD: { one: 'ein kanadischer Dollar', many: 'kanadische Dollar', cent },
      AUD: { one: 'ein australischer Dollar', many: 'australische Dollar', cent },
      PLN: { one: 'ein Zloty', many: 'Zloty', cent: { one: 'ein Groschen', many: 'Groschen' } },
    },
    centLink: 'und',
    millionLink: (scale, { many }) => `${scale} ${many}`,
    scales: {
      Tausend: 'tausend',
      Million: 'Million',
      Millionen: 'Millionen',
      Milliarde: 'Milliarde',
      Milliarden: 'Milliarden',
      'Mio.': 'Millionen',
      Mio: 'Millionen',
      'Mrd.': 'Milliarden',
      Mrd: 'Milliarden',
    },
    per: {
      Monat: 'pro Monat',
      Jahr: 'pro Jahr',
      Tag: 'pro Tag',
      Woche: 'pro Woche',
      Stunde: 'pro Stunde',
      Nacht: 'pro Nacht',
      Person: 'pro Person',
      kg: 'pro Kilogramm',
      h: 'pro Stunde',
    },
    perWord: 'pro|je',
    units: metricUnits({
      km: ['ein Kilometer', 'Kilometer'],
      m: ['ein Meter', 'Meter'],
      cm: ['ein Zentimeter', 'Zentimeter'],
      mm: ['ein Millimeter', 'Millimeter'],
      'm²|qm': ['ein Quadratmeter', 'Quadratmeter'],
      'km²': ['ein Quadratkilometer', 'Quadratkilometer'],
      'm³': ['ein Kubikmeter', 'Kubikmeter'],
      kg: ['ein Kilogramm', 'Kilogramm'],
      g: ['ein Gramm', 'Gramm'],
      mg: ['ein Milligramm', 'Milligramm'],
      t: ['eine Tonne', 'Tonnen', 'feminine'],
      'l|L': ['ein Liter', 'Liter'],
      ml: ['ein Milliliter', 'Milliliter'],
      'km/h': ['ein Stundenkilometer', 'Stundenkilometer'],
      kWh: ['eine Kilowattstunde', 'Kilowattstunden', 'feminine'],
      kW: ['ein Kilowatt', 'Kilowatt'],
      W: ['ein Watt', 'Watt'],
      V: ['ein Volt', 'Volt'],
      GB: ['ein Gigabyte', 'Gigabyte'],
      MB: ['ein Megabyte', 'Megabyte'],
      'min|Min': ['eine Minute', 'Minuten', 'feminine'],
      'Std|h': ['eine Stunde', 'Stunden', 'feminine'],
      's|Sek': ['eine Sekunde', 'Sekunden', 'feminine'],
      '°C|° C': ['ein Grad', 'Grad'],
      '°F|° F': ['ein Grad Fahrenheit', 'Grad Fahrenheit'],
      '°': ['ein Grad', 'Grad'],
      '%': ['ein Prozent', 'Prozent'],
    }),
    codes: {
      strong:
        'code pin kennwort passwort konto kontonummer karte kartennummer iban kundennummer referenz plz postleitzahl telefon tel rufnummer nummer durchwahl notruf vorgangsnummer mitgliedsnummer blz',
      weak: 'auftrag auftragsnummer bestellung bestellnummer rechnung rechnungsnummer ticket buchung fall nr flug zimmer raum',
      links: 'nummer nr ist lautet sind war endet auf mit die der unter',
    },
    yearWords: 'im jahr|im jahre|seit|bis|ab|von|um|vor|nach|jahr',
    abbreviations: {
      nr: 'Nummer',
      ca: 'circa',
      tel: 'Telefon',
      abs: 'Absatz',
      art: 'Artikel',
      max: 'maximal',
      min: 'mindestens',
    },
    phone: String.raw`0\d{1,5}(?:[ .\-\/]{1,3}\d{2,10}){1,5}|\d{3} \d{2} \d{2} \d{2}`,
  };
}

import { toCardinal } from 'n2words/fr-FR';
import { metricUnits } from './metric-units.ts';
import type { Form, Language } from './language.ts';

const months = 'janvier février mars avril mai juin juillet août septembre octobre novembre décembre'.split(' ');
const shortMonths = 'janv févr _ avr _ _ juil _ sept oct nov déc'.split(' ');
const cent = { one: 'un centime', many: 'centimes' };

function cardinal(value: bigint | number, form: Form = 'alone'): string {
  const spoken = toCardinal(value);
  return form === 'feminine' ? spoken.replace(/(^|[ -])un$/, '$1une') : spoken;
}
/** Pairs and threes are said as numbers, with their zeros before them. */
function group(written: string): string {
  const [, zeros = '', rest = ''] = /^(0*)(\d*)$/.exec(written) ?? [];
  const spokenZeros = zeros.split('').map(() => 'zéro');
  if (rest.length > 3)
    return written
      .split('')
      .map((digit) => cardinal(Number(digit)))
      .join(' ');
  return [...spokenZeros, ...(rest ? [cardinal(BigInt(rest))] : [])].join(' ');
}

const bottoms: Readonly<Record<number, readonly [string, string]>> = {
  2: ['demi', 'demis'],
  3: ['tiers', 'tiers'],
  4: ['quart', 'quarts'],
  5: ['cinquième', 'cinquièmes'],
  6: ['sixième', 'sixièmes'],
  8: ['huitième', 'huitièmes'],
  10: ['dixième', 'dixièmes'],
};

/** French: telephone numbers are told in pairs, times with "heures". */
export function french(): Language {
  return {
    cardinal,
    year: (value) => cardinal(value),
    decimalMark: ',',
    decimals: group,
    digitGroup: group,
    words: {
      point: 'virgule',
      dot: 'point',
      minus: 'moins',
      plus: 'plus',
      to: 'à',
      and: 'et',
      or: 'ou',
      times: 'fois',
      by: 'par',
      equals: 'égale',
      number: 'numéro',
      at: 'à',
      utc: 'UTC',
      seconds: { one: 'une seconde', many: 'secondes', form: 'feminine' },
      about: 'environ',
      less: 'moins de',
      more: 'plus de',
      atLeast: 'au moins',
      atMost: 'au plus',
      section: 'paragraphe',
      star: 'étoile',
      hash: 'dièse',
    },
    addressSigns: {
      '.': 'point',
      '@': 'arobase',
      '/': 'slash',
      '-': 'tiret',
      _: 'tiret bas',
      '+': 'plus',
      '?': "point d'interrogation",
      '=': 'égale',
      '&': 'et',
      '%': 'pour cent',
      '#': 'dièse',
      ':': 'deux-points',
      '~': 'tilde',
      ',': 'virgule',
      ';': 'point-virgule',
    },
    sentenceStarters: new Set(
      'il elle je tu nous vous ils elles on le la les un une des et ou mais si ce ça est oui non merci en au pour dans que qui ma mon me de'.split(
        ' ',
      ),
    ),
    months: months.map((name, index) => (shortMonths[index] === '_' ? [name] : [name, shortMonths[index]!])),
    weekdays: { lun: 'lundi', mer: 'mercredi', jeu: 'jeudi', ven: 'vendredi', sam: 'samedi', dim: 'dimanche' },
    dayMark: 'er',
    dateLink: String.raw`(?!)`,
    monthFirst: false,
    datePrepositions: /(?:^|[\s,])(?:le|du|au|depuis le|avant le)\s$/i,
    date({ day, month, year: inYear }) {
      const spoken = `${day === 1 ? 'premier' : cardinal(day)} ${months[month - 1]}`;
      return inYear === undefined ? spoken : `${spoken} ${cardinal(inYear)}`;
    },
    clockWords: 'h|heures?',
    clockMark: String.raw`:| ?h ?`,
    time: ({ hours, minutes }) =>
      `${cardinal(hours, 'feminine')} heure${hours > 1 ? 's' : ''}${minutes === 0 ? '' : ` ${cardinal(minutes)}`}`,
    ordinal: {
      mark: 'er|ère|re|e|ème|nd|nde',
      spoken(value, mark) {
        if (value === 1) return /^er$/i.test(mark) ? 'premier' : 'première';
        if (value === 2 && /^nd/i.test(mark)) return mark.toLowerCase() === 'nd' ? 'second' : 'seconde';
        return frenchOrdinal(value);
      },
    },
    fraction(top, bottom) {
      const names = bottoms[bottom];
      return names && top < bottom ? `${cardinal(top)} ${names[top === 1 ? 0 : 1]}` : undefined;
    },
    mixed(count, top, bottom) {
      const names = bottoms[bottom];
      if (!names || top >= bottom) return undefined;
      return top === 1 && bottom === 2
        ? `${count} et demi`
        : `${count} et ${cardinal(top)} ${names[top === 1 ? 0 : 1]}`;
    },
    currencies: {
      EUR: { one: 'un euro', many: 'euros', cent },
      USD: { one: 'un dollar', many: 'dollars', cent: { one: 'un cent', many: 'cents' } },
      GBP: { one: 'une livre', many: 'livres', form: 'feminine', cent: { one: 'un penny', many: 'pence' } },
      CHF: { one: 'un franc suisse', many: 'francs suisses', cent },
      JPY: { one: 'un yen', many: 'yens' },
      INR: { one: 'une roupie', many: 'roupies', form: 'feminine' },
      CAD: { one: 'un dollar canadien', many: 'dollars canadiens', cent },
      AUD: { one: 'un dollar australien', many: 'dollars australiens', cent },
    },
    centLink: 'et',
    millionLink: (scale, { many }) =>
      `${scale} ${scale.startsWith('m') && scale !== 'mille' ? (/^[aeiou]/.test(many) ? "d'" : 'de ') : ''}${many}`,
    scales: {
      mille: 'mille',
      million: 'million',
      millions: 'millions',
      milliard: 'milliard',
      milliards: 'milliards',
      M: 'millions',
      Md: 'milliards',
      k: 'mille',
    },
    per: {
      mois: 'par mois',
      an: 'par an',
      jour: 'par jour',
      semaine: 'par semaine',
      heure: "de l'heure",
      nuit: 'par nuit',
      personne: 'par personne',
      kg: 'le kilo',
      h: "de l'heure",
    },
    perWord: 'par',
    units: metricUnits({
      km: ['un kilomètre', 'kilomètres'],
      m: ['un mètre', 'mètres'],
      cm: ['un centimètre', 'centimètres'],
      mm: ['un millimètre', 'millimètres'],
      'm²': ['un mètre carré', 'mètres carrés'],
      'km²': ['un kilomètre carré', 'kilomètres carrés'],
      'm³': ['un mètre cube', 'mètres cubes'],
      kg: ['un kilogramme', 'kilogrammes'],
      g: ['un gramme', 'grammes'],
      mg: ['un milligramme', 'milligrammes'],
      t: ['une tonne', 'tonnes', 'feminine'],
      'l|L': ['un litre', 'litres'],
      ml: ['un millilitre', 'millilitres'],
      cl: ['un centilitre', 'centilitres'],
      'km/h': ['un kilomètre heure', 'kilomètres heure'],
      kWh: ['un kilowattheure', 'kilowattheures'],
      kW: ['un kilowatt', 'kilowatts'],
      W: ['un watt', 'watts'],
      'Go|GB': ['un gigaoctet', 'gigaoctets'],
      'Mo|MB': ['un mégaoctet', 'mégaoctets'],
      min: ['une minute', 'minutes', 'feminine'],
      s: ['une seconde', 'secondes', 'feminine'],
      '°C|° C': ['un degré', 'degrés'],
      '°F|° F': ['un degré Fahrenheit', 'degrés Fahrenheit'],
      '°': ['un degré', 'degrés'],
      '%': ['un pour cent', 'pour cent'],
    }),
    codes: {
      strong:
        'code pin passe compte carte iban référence numéro téléphone tél poste appelez composez faites confirmation dossier client',
      weak: 'commande ticket billet facture réservation vol chambre',
      links: 'numéro no est sont le la au pin se termine par postal',
    },
    abbreviations: {
      no: 'numéro',
      'n°': 'numéro',
      tél: 'téléphone',
      env: 'environ',
      p: 'page',
      max: 'maximum',
      min: 'minimum',
    },
    phone: String.raw`0\d(?:[ .\-]\d{2}){4}|0\d{9}`,
  };
}

function frenchOrdinal(value: number): string {
  const spoken = cardinal(value);
  if (spoken.endsWith('cinq')) return `${spoken}uième`;
  if (spoken.endsWith('neuf')) return `${spoken.slice(0, -1)}vième`;
  return `${spoken.replace(/(?<=quatre-vingt|cent)s$|e$/, '')}ième`;
}

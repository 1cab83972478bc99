import { toCardinal } from 'n2words/es-ES';
import { metricUnits } from './metric-units.ts';
import type { Form, Language } from './language.ts';

const months = 'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre'.split(' ');
const shortMonths = 'ene feb mar abr may jun jul ago sep oct nov dic'.split(' ');
const cent = { one: 'un céntimo', many: 'céntimos' };
const centavo = { one: 'un centavo', many: 'centavos' };
const run = (written: string) =>
  written
    .split('')
    .map((digit) => cardinal(BigInt(digit)))
    .join(' ');

/** The library leaves out an accent, and the short form of one before "mil" and before nouns. */
function cardinal(value: bigint | number, form: Form = 'alone'): string {
  const spoken = toCardinal(value, { gender: form === 'feminine' ? 'feminine' : 'masculine' })
    .replaceAll('dieciseis', 'dieciséis')
    .replace(/veintiun[oa](?= mil)/g, 'veintiún')
    .replace(/(?<![\p{L}])un[oa](?= mil)/gu, 'un');
  if (form !== 'masculine') return spoken;
  return spoken.replace(/veintiuno$/, 'veintiún').replace(/(?<![\p{L}])uno$/u, 'un');
}
function decimals(part: string): string {
  return part.length === 2 && !part.startsWith('0') ? cardinal(BigInt(part)) : run(part);
}

const bottoms: Readonly<Record<number, readonly [string, string]>> = {
  3: ['tercio', 'tercios'],
  4: ['cuarto', 'cuartos'],
  5: ['quinto', 'quintos'],
  6: ['sexto', 'sextos'],
  8: ['octavo', 'octavos'],
  10: ['décimo', 'décimos'],
};
const pointRegions = new Set('mx us pr gt hn sv ni pa do'.split(' '));

/** Spanish of a region: from Mexico to Panama the point is the mark of decimals. */
export function spanish(region: string | undefined): Language {
  const decimalMark = region !== undefined && pointRegions.has(region) ? '.' : ',';
  return {
    cardinal,
    year: (value) => cardinal(value),
    decimalMark,
    decimals,
    digitGroup: run,
    words: {
      point: decimalMark === ',' ? 'coma' : 'punto',
      dot: 'punto',
      minus: 'menos',
      plus: 'más',
      to: 'a',
      and: 'y',
      or: 'o',
      times: 'por',
      by: 'por',
      equals: 'igual a',
      number: 'número',
      at: 'a las',
      utc: 'UTC',
      seconds: { one: 'un segundo', many: 'segundos', form: 'masculine' },
      about: 'unos',
      less: 'menos de',
      more: 'más de',
      atLeast: 'al menos',
      atMost: 'como máximo',
      section: 'sección',
      star: 'asterisco',
      hash: 'almohadilla',
    },
    addressSigns: {
      '.': 'punto',
      '@': 'arroba',
      '/': 'barra',
      '-': 'guion',
      _: 'guion bajo',
      '+': 'más',
      '?': 'interrogación',
      '=': 'igual',
      '&': 'y',
      '%': 'por ciento',
      '#': 'almohadilla',
      ':': 'dos puntos',
      '~': 'tilde',
      ',': 'coma',
      ';': 'punto y coma',
    },
    sentenceStarters: new Set(
      'el la los las un una es en de que y o si no sí al por para con su me mi se le lo ya muy pero como gracias'.split(
        ' ',
      ),
    ),
    months: months.map((name, index) => [
      name,
      shortMonths[index]!,
      ...(name === 'septiembre' ? ['setiembre', 'sept'] : []),
    ]),
    weekdays: { lun: 'lunes', mié: 'miércoles', jue: 'jueves', vie: 'viernes', sáb: 'sábado', dom: 'domingo' },
    dayMark: '[ºo°]',
    dateLink: 'del?',
    monthFirst: region === 'us',
    datePrepositions: /(?:^|[\s,])(?:el|del|al|día|hasta el|desde el)\s$/i,
    date({ day, month, year: inYear }) {
      const spoken = `${day === 1 ? 'primero' : cardinal(day)} de ${months[month - 1]}`;
      return inYear === undefined ? spoken : `${spoken} de ${cardinal(inYear)}`;
    },
    clockWords: 'h|hs|hrs|horas?',
    clockMark: ':',
    half: String.raw`([ap])\.?\s?m(?![\p{L}\d])\.?`,
    time({ hours, minutes, half }) {
      const twelve = half ? hours % 12 || 12 : hours;
      const past = minutes === 0 ? '' : ` ${minutes < 10 ? `cero ${cardinal(minutes)}` : cardinal(minutes)}`;
      const day = half ? (half === 'am' ? ' de la mañana' : ' de la tarde') : '';
      const hour = cardinal(twelve, 'feminine');
      return `${hour}${past}${day || (past ? '' : hours === 1 ? ' hora' : ' horas')}`;
    },
    ordinal: {
      mark: '[ºª]|\\.º|\\.ª',
      spoken(value, mark) {
        const names = 'primer segund tercer cuart quint sext séptim octav noven décim'.split(' ');
        const stem = names[value - 1];
        return stem ? `${stem}${mark.includes('ª') ? 'a' : 'o'}` : cardinal(value);
      },
    },
    fraction(top, bottom) {
      if (bottom === 2 && top === 1) return 'medio';
      const names = bottoms[bottom];
      return names && top < bottom ? `${cardinal(top, 'masculine')} ${names[top === 1 ? 0 : 1]}` : undefined;
    },
    mixed(count, top, bottom) {
      const names = bottoms[bottom];
      if (top === 1 && bottom === 2) return `${count} y medio`;
      return names && top < bottom ? `${count} y ${cardinal(top, 'masculine')} ${names[top === 1 ? 0 : 1]}` : undefined;
    },
    currencies: {
      EUR: { one: 'un euro', many: 'euros', form: 'masculine', cent },
      USD: { one: 'un dólar', many: 'dólares', form: 'masculine', cent: centavo },
      GBP: { one: 'una libra', many: 'libras', form: 'feminine', cent: { one: 'un penique', many: 'peniques' } },
      CHF: { one: 'un franco suizo', many: 'francos suizos', form: 'masculine', cent },
      MXN: { one: 'un peso', many: 'pesos', form: 'masculine', cent: centavo },
      ARS: { one: 'un peso argentino', many: 'pesos argentinos', form: 'masculine', cent: centavo },
      COP: { one: 'un peso colombiano', many: 'pesos colombianos', form: 'masculine', cent: centavo },
      JPY: { one: 'un yen', many: 'yenes', form: 'masculine' },
      INR: { one: 'una rupia', many: 'rupias', form: 'feminine' },
    },
    centLink: 'con',
    millionLink: (scale, { many }) => `${scale} ${scale === 'mil' ? '' : 'de '}${many}`,
    scales: { mil: 'mil', millón: 'millón', millones: 'millones', M: 'millones' },
    per: {
      mes: 'al mes',
      año: 'al año',
      día: 'al día',
      semana: 'a la semana',
      hora: 'la hora',
      noche: 'la noche',
      persona: 'por persona',
      kg: 'el kilo',
      h: 'por hora',
    },
    perWord: 'por',
    units: metricUnits({
      km: ['un kilómetro', 'kilómetros'],
      m: ['un metro', 'metros'],
      cm: ['un centímetro', 'centímetros'],
      mm: ['un milímetro', 'milímetros'],
      'm²': ['un metro cuadrado', 'metros cuadrados'],
      'km²': ['un kilómetro cuadrado', 'kilómetros cuadrados'],
      'm³': ['un metro cúbico', 'metros cúbicos'],
      kg: ['un kilogramo', 'kilogramos'],
      g: ['un gramo', 'gramos'],
      mg: ['un miligramo', 'miligramos'],
      t: ['una tonelada', 'toneladas', 'feminine'],
      'l|L': ['un litro', 'litros'],
      ml: ['un mililitro', 'mililitros'],
      'km/h': ['un kilómetro por hora', 'kilómetros por hora'],
      kWh: ['un kilovatio hora', 'kilovatios hora'],
      kW: ['un kilovatio', 'kilovatios'],
      W: ['un vatio', 'vatios'],
      GB: ['un gigabyte', 'gigabytes'],
      MB: ['un megabyte', 'megabytes'],
      min: ['un minuto', 'minutos'],
      s: ['un segundo', 'segundos'],
      lb: ['una libra', 'libras', 'feminine'],
      '°C|° C': ['un grado', 'grados'],
      '°F|° F': ['un grado Fahrenheit', 'grados Fahrenheit'],
      '°': ['un grado', 'grados'],
      '%': ['uno por ciento', 'por ciento', 'alone'],
    }),
    codes: {
      strong:
        'código pin contraseña clave cuenta tarjeta iban referencia número teléfono tel extensión llame marque confirmación cliente',
      weak: 'pedido ticket reserva factura caso vuelo habitación expediente',
      links: 'número núm nº es son de el la al postal termina en pin',
    },
    abbreviations: {
      núm: 'número',
      tel: 'teléfono',
      'n\\.?º': 'número',
      aprox: 'aproximadamente',
      pág: 'página',
      máx: 'máximo',
      mín: 'mínimo',
    },
    phone: String.raw`[6-9]\d{2}[ .\-]\d{3}[ .\-]\d{3}|[6-9]\d{2}[ .\-]\d{2}[ .\-]\d{2}[ .\-]\d{2}|\(?\d{2,3}\)?[ \-]\d{3,4}[ \-]\d{4}|[6-9]\d{8}`,
  };
}

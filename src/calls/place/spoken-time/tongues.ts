/**
 * How people of one language name days and times. All are regular expressions over plain words: lower case, without accents, with
 * numbers in digits ("übermorgen um halb drei" is `ubermorgen um 30 into 3` by then).
 */
export type Tongue = {
  today: string;
  tomorrow: string;
  dayAfterTomorrow: string;
  /** In front of a count of minutes, hours, days or weeks, and what may stand for a count of one. */
  ahead: string;
  one: string;
  units: { minute: string; hour: string; day: string; week: string };
  /** As a whole, with its article. */
  halfAnHour: string;
  /** Weekdays under other names than those of `Intl`, by number from Sunday. */
  otherWeekdays?: Readonly<Record<string, number>>;
  /** Parts of a day. */
  morning: string;
  noon: string;
  afternoon: string;
  evening: string;
  /** Minutes that have a name, as `30`; `30 into` where half an hour on the way to the next hour is meant (`halb drei` is 2:30). */
  minutes: readonly (readonly [said: string, digits: string])[];
  /** What stands between hours and minutes. */
  marks: { past?: string; to?: string; plus?: string; minus?: string; hour: string };
};

const never = '(?!)';
/** English halves of a day are heard in every language: models write them. A number stands before, since "am" is a word elsewhere. */
const englishMorning = String.raw`\d ?am$`;

export const tongues: Readonly<Record<string, Tongue>> = {
  en: {
    today: String.raw`\b(?:today|tonight|this (?:morning|afternoon|evening))\b`,
    tomorrow: String.raw`\btomorrow\b`,
    dayAfterTomorrow: String.raw`\bday after tomorrow\b`,
    ahead: 'in',
    one: 'an?',
    units: { minute: 'minute', hour: 'hour', day: 'day', week: 'week' },
    halfAnHour: 'half an hour',
    morning: String.raw`\bam\b|\bmorning`,
    noon: String.raw`\b(?:noon|midday)\b`,
    afternoon: String.raw`\bafternoon`,
    evening: String.raw`\b(?:evening|tonight|at night)\b`,
    minutes: [
      ['half', '30'],
      ['quarter', '15'],
    ],
    marks: { past: '(?:minutes? )?(?:past|after)', to: '(?:minutes? )?(?:to|before|till?)', hour: "o'clock" },
  },
  de: {
    today: String.raw`\bheute`,
    tomorrow: String.raw`\bmorgen`,
    dayAfterTomorrow: String.raw`\bubermorgen`,
    ahead: 'in',
    one: 'eine[mrn]',
    units: { minute: 'minute', hour: 'stunde', day: 'tag', week: 'woche' },
    halfAnHour: 'einer halben stunde',
    otherWeekdays: { sonnabend: 6 },
    morning: String.raw`\bmorgens|vormittag|(?:tag|woch|abend) ?morgen\b|\b(?:am|heute) morgen\b|\bfruh|${englishMorning}`,
    noon: String.raw`(?<!vor)(?<!nach)mittag`,
    afternoon: 'nachmittag',
    evening: '(?<!sonn)abend|nachts',
    minutes: [
      ['dreiviertel', '45 into'],
      ['halb', '30 into'],
      ['viertel(?= (?:vor|nach))', '15'],
      ['viertel', '15 into'],
    ],
    marks: { past: '(?:minuten? )?nach', to: '(?:minuten? )?vor', hour: 'uhr(?: und)?' },
  },
  es: {
    today: String.raw`\b(?:hoy|esta (?:manana|tarde|noche))\b`,
    tomorrow: String.raw`\bmanana\b`,
    dayAfterTomorrow: String.raw`\bpasado manana\b`,
    ahead: '(?:en|dentro de)',
    one: '1',
    units: { minute: 'minuto', hour: 'hora', day: 'dia', week: 'semana' },
    halfAnHour: 'media hora',
    morning: String.raw`\b(?:de|por|en|esta) (?:la )?manana\b|${englishMorning}`,
    noon: String.raw`\bmedio ?dia\b`,
    afternoon: String.raw`\btarde\b`,
    evening: String.raw`\bnoche\b`,
    minutes: [
      ['media', '30'],
      ['cuarto', '15'],
    ],
    marks: { plus: '(?:y|con)', minus: 'menos', hour: '(?:h|horas?)' },
  },
  fr: {
    today: String.raw`\b(?:aujourd'hui|ce (?:matin|midi|soir)|cet(?:te)? apres midi)\b`,
    tomorrow: String.raw`\bdemain\b`,
    dayAfterTomorrow: String.raw`\bapres demain\b`,
    ahead: 'dans',
    one: '1',
    units: { minute: 'minute', hour: 'heure', day: 'jour', week: 'semaine' },
    halfAnHour: 'une demi heure',
    morning: String.raw`\bmatin|${englishMorning}`,
    noon: String.raw`(?<!apres )\bmidi\b`,
    afternoon: String.raw`\bapres midi\b`,
    evening: String.raw`\bsoir`,
    minutes: [
      ['midi(?= et)', '12'],
      ['demie?', '30'],
      ['quart', '15'],
    ],
    marks: { plus: 'et', minus: 'moins(?: le)?', hour: '(?:h|heures?)' },
  },
  nl: {
    today: String.raw`\b(?:vandaag|van(?:morgen|ochtend|middag|avond))\b`,
    tomorrow: String.raw`\bmorgen`,
    dayAfterTomorrow: String.raw`\bovermorgen`,
    ahead: 'over',
    one: '1',
    units: { minute: 'minu', hour: 'uu?r', day: 'dag', week: 'wee?k' },
    halfAnHour: 'een half uur',
    morning: String.raw`ochtend|\bmorgens\b|(?:dag ?|\bvan)morgen\b|${englishMorning}`,
    noon: never,
    afternoon: 'middag',
    evening: String.raw`avond|\bnachts\b`,
    minutes: [
      ['kwart', '15'],
      ['half', '30 into'],
    ],
    marks: { past: '(?:minuten )?over', to: '(?:minuten )?voor', hour: 'uur' },
  },
};

/** Which form of "one" a noun asks for. `alone`: no noun follows. */
export type Form = 'alone' | 'masculine' | 'feminine';

/** A thing that is counted: how one of it is said, article included, and what follows any other number. */
export type Counted = { one: string; many: string; form?: Form };
export type Currency = Counted & { cent?: Counted };

/** `dayFirst`: as in "4 July". */
export type WrittenDate = { day: number; month: number; year?: number; dayFirst?: true };
/** `half` is the half of a twelve-hour day, where the writer told it. */
export type WrittenTime = { hours: number; minutes: number; half?: 'am' | 'pm' };

/** All that the reader knows about one language. What a language leaves out is spoken as it stands. */
export type Language = {
  cardinal: (value: bigint, form?: Form) => string;
  year: (value: number) => string;
  /** The mark before decimals; the other of `.` and `,` groups thousands. */
  decimalMark: '.' | ',';
  /** Digits after the mark. */
  decimals: (run: string) => string;
  /** Digits that belong together in a telephone number, a code or a card. */
  digitGroup: (run: string) => string;
  /** What is said between the two ends of a range, for a sign, and so on. */
  words: {
    point: string;
    minus: string;
    plus: string;
    to: string;
    and: string;
    times: string;
    /** Between the sides of something. */
    by: string;
    dot: string;
    or: string;
    equals: string;
    number: string;
    at: string;
    utc: string;
    seconds: Counted;
    about: string;
    less: string;
    more: string;
    atLeast: string;
    atMost: string;
    section: string;
    /** The keys of a telephone. */
    star: string;
    hash: string;
  };
  /** Signs inside addresses of mail and web. */
  addressSigns: Readonly<Record<string, string>>;
  /** Words of the language that would be top-level domains: after a full stop without a space they begin a sentence. */
  sentenceStarters: ReadonlySet<string>;
  months: readonly (readonly string[])[];
  weekdays: Readonly<Record<string, string>>;
  /** What may stand between a day and its month, and between a month and its year. Regular expressions. */
  dayMark: string;
  dateLink: string;
  monthFirst: boolean;
  /** What makes a date of a day and a month in digits: it ends the text before them. */
  datePrepositions?: RegExp;
  /** `before` is the text in front of the date, for languages in which it decides the ending. */
  date: (date: WrittenDate, before: string) => string;
  /** Words that may end a time and are part of its reading. Regular expression. */
  clockWords?: string;
  /** Letters between hours and minutes, as in `15h30`. Regular expression. */
  clockMark: string;
  /** `a.m.` and `p.m.`, the letter captured. Regular expression. */
  half?: string;
  time: (time: WrittenTime) => string;
  ordinal?: { mark: string; spoken: (value: number, mark: string) => string };
  decade?: (value: string) => string;
  fraction?: (top: number, bottom: number) => string | undefined;
  /** A whole number and a fraction: two and a half. */
  mixed?: (whole: string, top: number, bottom: number) => string | undefined;
  currencies: Readonly<Record<string, Currency>>;
  /** Between whole money and its cents, and between a million and what it is of. */
  centLink: string;
  millionLink: (scale: string, currency: Currency) => string;
  scales: Readonly<Record<string, string>>;
  /** `per` what a price or a rate is: after `/`. */
  per: Readonly<Record<string, string>>;
  units: Readonly<Record<string, Counted>>;
  /** The word before the unit of a rate: per kg. Regular expression. */
  perWord: string;
  /** Nouns before which a measure stays in the singular: a five pound bag. */
  measuredNouns?: string;
  /** Feet and inches: 6'2". */
  feet?: { foot: Counted; inch: Counted };
  /** Words (with spaces between) after which digits are a name: from three on (`strong`), from four on (`weak`); and what may stand between. */
  codes: { strong: string; weak: string; links: string };
  /** Words after which four digits are a year. */
  yearWords?: string;
  /** Abbreviations before a number. Keys are regular expressions without their full stop. */
  abbreviations: Readonly<Record<string, string>>;
  /** A code of the post, from the letters before it on. Regular expression. */
  postcode?: string;
  /** National telephone numbers without a mark of their own. Regular expression over digits and spaces. */
  phone: string;
};

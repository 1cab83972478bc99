import type { Language } from './languages/language.ts';

/** Where a rule matched in a text. `before` is the text in front of it, `after` what follows its match; both are cut short. */
export type Place = { before: string; after: string; language: Language };

/**
 * One kind of thing that is not spoken as it is written. Its pattern is tried where a word, a number or a sign begins, so it
 * needs no boundary of its own there. Every pattern is linear on foreign text: what repeats never borders on what it could
 * match itself, or is counted.
 */
export type Rule = {
  /** What the match may begin with: a digit, a letter, or one of these signs. */
  starts: 'digit' | 'letter' | { signs: string };
  pattern: RegExp;
  /** The spoken text; undefined leaves the match to the next rule. */
  read(match: RegExpExecArray, place: Place): string | undefined;
  /** After it a hyphen before a number means "to". */
  isQuantity?: true;
};

/** A rule for each way in which its match may begin. */
export function startingWith(starts: readonly Rule['starts'][], rule: Omit<Rule, 'starts'>): Rule[] {
  return starts.map((start) => ({ ...rule, starts: start }));
}

/** A pattern that is tried at one place. `flags` are added to those of every rule. */
export function at(source: string, flags = ''): RegExp {
  return new RegExp(source, `uy${flags}`);
}

/** No letter, digit or digit behind a mark follows. */
export const ends = String.raw`(?![\p{L}\d]|[.,:/]\d)`;

/** The words of a table, longest first, as one alternative of a regular expression. */
export function oneOf(words: Iterable<string>): string {
  return [...words]
    .sort((one, other) => other.length - one.length)
    .map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`))
    .join('|');
}

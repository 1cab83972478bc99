/**
 * A phrase between slashes is a regular expression, whatever the case. Undefined: it is a phrase; an Error: it is no expression that
 * can be read.
 */
export function readPattern(phrase: string): RegExp | Error | undefined {
  const written = /^\/(.+)\/$/s.exec(phrase)?.[1];
  if (written === undefined) return undefined;
  try {
    return new RegExp(written, 'iu');
  } catch (error) {
    return new Error(`${phrase} is not a valid pattern: ${(error as Error).message}`);
  }
}

/** Whether the phrase, or pattern, is in the text: word by word, whatever the case and the punctuation. */
export function contains(text: string, phrase: string): boolean {
  const pattern = readPattern(phrase);
  if (pattern instanceof RegExp) return pattern.test(text);
  return ` ${bare(text)} `.includes(` ${bare(phrase)} `);
}

function bare(text: string): string {
  return text
    .toLowerCase()
    .replace(/[’']/gu, '')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim();
}

/** Whether a value is what was wanted: a part of a text, the fields of a group among others, each entry of a list. */
export function fits(value: unknown, wanted: unknown): boolean {
  if (typeof wanted === 'string') {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      return contains(String(value), wanted);
    return false;
  }
  if (Array.isArray(wanted))
    return Array.isArray(value) && value.length === wanted.length && wanted.every((each, at) => fits(value[at], each));
  if (typeof wanted === 'object' && wanted !== null) {
    if (typeof value !== 'object' || value === null) return false;
    const fields = value as Record<string, unknown>;
    return Object.entries(wanted).every(([name, each]) => fits(fields[name], each));
  }
  return Object.is(value, wanted);
}

import { dutch } from './dutch.ts';
import { english } from './english.ts';
import { french } from './french.ts';
import { german } from './german.ts';
import type { Language } from './language.ts';
import { spanish } from './spanish.ts';

/** What is known of a language (BCP 47); undefined where its numbers are left to the voice. */
export function languageOf(tag: string): Language | undefined {
  const [tongue, ...subtags] = tag.toLowerCase().split('-');
  const region = subtags.find((subtag) => /^[a-z]{2}$/.test(subtag));
  const tables: Readonly<Record<string, (region: string | undefined) => Language>> = {
    en: english,
    de: german,
    es: spanish,
    fr: french,
    nl: dutch,
  };
  return tables[tongue ?? '']?.(region);
}

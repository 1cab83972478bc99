import { placeholder } from '../text/placeholder.ts';

/** Names of the `{{placeholders}}` of a text. */
export function placeholdersIn(text: string): string[] {
  return [...text.matchAll(placeholder)].map((match) => match[1]!.trim());
}

/** The text with its placeholders filled. A sentence mark after a value that has its own is left out. */
export function fillTemplate(text: string, value: (name: string) => string): string {
  return text
    .replace(placeholder, (_, name: string) => value(name.trim()))
    .replace(/([.?!])\s*[.](?=\s|$)/g, '$1')
    .trim();
}

/** Characters that are read of a text, from its end: a long turn ends as a short one does. */
export const longestRead = 500;

/** `pt` of `pt-BR`. */
export function tongueOf(language: string): string {
  return language.toLowerCase().split('-')[0] ?? '';
}

/** Words in lower case with one space between them, without marks. */
export function bare(text: string): string {
  return text
    .toLowerCase()
    .replace(/[’']/g, "'")
    .replace(/[^\p{Letter}\p{Mark}\p{Number}']+/gu, ' ')
    .trim();
}

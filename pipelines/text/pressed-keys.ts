/** How a model is told of keys that the caller pressed on their phone: 0–9, *, #, A–D. */
export function pressedKeys(digits: string): string {
  return `[keys pressed: ${digits}]`;
}

/** What somebody would have said in place of the keys; the `#` that ends a number belongs to none. Other text stays as it is. */
export function keysAsWords(text: string): string {
  const digits = /^\[keys pressed: ([0-9*#A-D]+)\]$/.exec(text)?.[1];
  return digits === undefined ? text : digits.replace(/(?<=.)#$/, '');
}

/** The numbers that tests call, in any spelling, and what is said in their calls. */
const theirs = [/415[ -]?555[ -]?(?!0100)\d{4}/, /it is ready/i, /when are you open/i];

/** Fails when a log tells whom a call was with, or what was said in it. */
export function keepsPrivate(log: string): void {
  for (const line of log.split('\n'))
    for (const pattern of theirs)
      if (pattern.test(line)) throw new Error(`A log tells what nobody is to read there (${pattern.source}):\n${line}`);
}

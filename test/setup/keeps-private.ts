import { Writable } from 'node:stream';
import type { Logger } from 'pino';
import { createLogger } from '../../src/telemetry/logger.ts';

/** The numbers and addresses that tests use, in any spelling, and names and words of calls. */
const theirs = [
  /(?:\+|%2b)(?!1415555\s?0100)\d{9,15}/i,
  /415[ -]?555[ -]?(?!0100)\d{4}/,
  /@example\.com/i,
  /lovelace|sarah connor/i,
  /my mother is ill|it is ready|when are you open/i,
];

/** Fails when a log tells whom a call was with, or what was said in it. */
export function keepsPrivate(log: string): void {
  for (const line of log.split('\n'))
    for (const pattern of theirs)
      if (pattern.test(line)) throw new Error(`A log tells what nobody is to read there (${pattern.source}):\n${line}`);
}

/** A log of everything, whose `check` fails as `keepsPrivate` does. */
export function watchedLog(): { logger: Logger; check(): void } {
  let text = '';
  const out = new Writable({
    write(piece, _encoding, done) {
      text += String(piece);
      done();
    },
  });
  return { logger: createLogger({ level: 'debug', component: 'test', out }), check: () => keepsPrivate(text) };
}

import { type Logger, pino } from 'pino';
import { describeError } from './describe-error.ts';

/** One line of the log. Personal data goes only under a field whose name starts with `pii`, which is never written. */
export type Log = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  fields?: Record<string, unknown>,
) => void;

/**
 * JSON lines on `out`, or short readable ones when a person is looking at a terminal. `component` names the part of the
 * program, such as `worker`.
 */
export function createLogger(options: {
  level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  component: string;
  out: NodeJS.WritableStream & { isTTY?: boolean };
}): Logger {
  const write = (line: string) => void options.out.write(options.out.isTTY ? readable(line) : line);
  return pino(
    {
      level: options.level,
      base: { component: options.component },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { log: withoutPersonalData },
      // It is described already; pino's own would bring back what was left out.
      serializers: { err: (described: unknown) => described },
    },
    { write },
  );
}

/** The logger as the function that most parts of the program take. */
export function logTo(logger: Logger): Log {
  return (level, message, fields = {}) => logger[level](fields, message);
}

function withoutPersonalData(fields: Record<string, unknown>): Record<string, unknown> {
  const kept = Object.entries(fields).filter(([name]) => !name.startsWith('pii'));
  return Object.fromEntries(
    kept.map(([name, value]) => [
      name === 'error' ? 'err' : name,
      value instanceof Error ? describeError(value) : value,
    ]),
  );
}

function readable(line: string): string {
  const { time, level, component, msg, err, ...rest } = JSON.parse(line) as Record<string, unknown> & {
    err?: { stack?: string; message?: string };
  };
  const name = { 20: 'debug', 30: 'info ', 40: 'warn ', 50: 'error' }[level as number];
  const fields = Object.entries(rest).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const failure = err ? `\n${err.stack ?? err.message ?? JSON.stringify(err)}` : '';
  return `${String(time).slice(11, 23)} ${name} ${String(component)}: ${String(msg)}${fields.length > 0 ? ` (${fields.join(', ')})` : ''}${failure}\n`;
}

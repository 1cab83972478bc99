import type { Config, SettingsReading } from '../config.ts';

/** One verb of the `parley` program: a file of this folder. */
export type Command = {
  /** Printed by `--help`: usage, what it does, its options, its exit codes. */
  help: string;
  options: Record<string, { type: 'string' | 'boolean'; short?: string; multiple?: boolean }>;
  /** Resolves with the exit code. `signal` aborts on SIGINT and SIGTERM. Throws an Error whose message says what to do. */
  run(context: CommandContext & { config: Config }): Promise<number>;
};

/** A verb that is of use when settings are wrong: it gets them with what is wrong. */
export type TolerantCommand = Omit<Command, 'run'> & {
  runWithAnySettings(context: CommandContext & { reading: SettingsReading }): Promise<number>;
};

type CommandContext = {
  values: Record<string, string | boolean | (string | boolean)[] | undefined>;
  positionals: string[];
  signal: AbortSignal;
  out: NodeJS.WritableStream;
};

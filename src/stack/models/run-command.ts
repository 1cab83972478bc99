import { spawn } from 'node:child_process';
import { ModelError } from './model-error.ts';

export type CommandResult = { exitCode: number; output: string };

const longestOutput = 64_000;

/**
 * Runs a program to its end and gathers what it wrote, both streams together, the last 64 kB. Never through a shell.
 * @throws ModelError with `whenMissing` when there is no such program; the signal's reason when aborted.
 */
export async function runCommand(
  command: readonly [string, ...string[]],
  options: { whenMissing: string; signal?: AbortSignal | undefined },
): Promise<CommandResult> {
  options.signal?.throwIfAborted();
  const [program, ...args] = command;
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], signal: options.signal });
  let output = '';
  const gather = (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-longestOutput);
  };
  child.stdout.on('data', gather);
  child.stderr.on('data', gather);
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      if (options.signal?.aborted) reject(options.signal.reason as Error);
      else if ('code' in error && error.code === 'ENOENT')
        reject(new ModelError(options.whenMissing, { cause: error }));
      else reject(error);
    });
    child.once('close', (exitCode) => resolve({ exitCode: exitCode ?? 1, output }));
  });
}

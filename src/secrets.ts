import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/**
 * What agent files may put into the requests of their tools: the given variables and, beneath them, the lines `NAME=value` of a
 * file. A file that cannot be read is told, and holds nothing.
 */
export function readSecrets(
  given: Readonly<Record<string, string>>,
  file: string | undefined,
): { secrets: Record<string, string>; problem?: string } {
  if (file === undefined) return { secrets: { ...given } };
  try {
    const lines = parseEnv(readFileSync(file, 'utf8'));
    const ofFile = Object.entries(lines).filter((entry): entry is [string, string] => Boolean(entry[1]));
    return { secrets: { ...Object.fromEntries(ofFile), ...given } };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const problem = `PARLEY_SECRETS_FILE=${file} cannot be read (${code ?? 'it is not text'}). Use a file of lines NAME=value that this user can read.`;
    return { secrets: { ...given }, problem };
  }
}

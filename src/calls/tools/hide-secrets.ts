import { secretsIn } from '../../agent-files/tools/check-tools.ts';
import type { HttpTool } from '../../agent-files/tools/http-tool.ts';

/** Shorter ones would be found in many words that are none. */
const shortest = 4;

/** The secrets that a tool uses. */
export function secretsOf(tool: Pick<HttpTool, 'url' | 'headers' | 'body'>, secrets: Readonly<Record<string, string>>) {
  const names = secretsIn(JSON.stringify([tool.url, tool.headers, tool.body ?? {}]));
  return names.flatMap((name) => secrets[name] ?? []);
}

/** A value without these secrets: a server may say what it was sent, and its answer is told and kept. */
export function hideSecrets<T>(value: T, secrets: readonly string[]): T {
  const known = secrets.filter(({ length }) => length >= shortest);
  if (known.length === 0 || value === undefined) return value;
  const hide = (text: string) => known.reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), text);
  return JSON.parse(JSON.stringify(value, (_, each: unknown) => (typeof each === 'string' ? hide(each) : each))) as T;
}

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Api } from '../caller/ask-api.ts';
import type { Config } from '../config.ts';
import { readDevelopmentKey } from '../stack/development-key.ts';
import type { Command } from './command.ts';

/** Options of every command that asks the API of a running Parley. */
export const apiOptions = { url: { type: 'string' }, key: { type: 'string' } } as const satisfies Command['options'];

export const apiHelp = `  --url URL         the API (default: http://PARLEY_HOST:PARLEY_PORT)
  --key KEY         an API key (default: AGENTS_API_KEY, or the development key of \`parley up\`)`;

/**
 * The API that the options name, or the one of this machine.
 * @throws Error when no key is known
 */
export function apiOf(config: Config, values: Parameters<Command['run']>[0]['values']): Api {
  const scheme = config.PARLEY_HTTPS ? 'https' : 'http';
  const url = (values['url'] as string | undefined) ?? `${scheme}://${config.PARLEY_HOST}:${config.PARLEY_PORT}`;
  const key =
    (values['key'] as string | undefined) ?? config.AGENTS_API_KEY ?? readDevelopmentKey(config.PARLEY_DATA_DIR);
  if (!key) throw new Error('No API key is known. Give --key, or set AGENTS_API_KEY.');
  return { url, key, ...ownCertificate(config, values['url'] !== undefined) };
}

/** A Parley of this machine that signed its own certificate is trusted for the API; LiveKit is then reached without TLS. */
function ownCertificate(config: Config, elsewhere: boolean): { certificate?: string; livekitUrl?: string } {
  const file = join(config.PARLEY_DATA_DIR, 'https', 'cert.pem');
  if (!config.PARLEY_HTTPS || elsewhere || !existsSync(file)) return {};
  const livekitUrl = config.LIVEKIT_URL ?? `ws://127.0.0.1:${config.PARLEY_LIVEKIT_PORT}`;
  return { certificate: readFileSync(file, 'utf8'), livekitUrl };
}

/**
 * `name=value`, as often as the option was given.
 * @throws Error when one has no `=`
 */
export function readVariables(given: unknown): Record<string, string> {
  const texts = Array.isArray(given) ? (given as string[]) : [];
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new Error(`--variable ${text} has no value. Write it as --variable name=value.`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

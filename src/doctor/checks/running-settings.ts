import { z } from 'zod';
import { settingsFingerprints } from '../../settings-fingerprints.ts';
import { askHttp } from '../ask-http.ts';
import type { Check } from '../check.ts';
import { ok, skipped, warning } from '../finding.ts';

const fingerprints = z.object({ settings: z.record(z.string(), z.string()), secrets: z.string() });
const told = fingerprints.extend({ started_at: z.string(), salt: z.string() });

/** Settings that belong to one process, or to the shell of one command. */
const own = new Set(['PARLEY_ONCE', 'PARLEY_LOG_LEVEL']);

export const runningSettings: Check = {
  about: 'Whether the running API was started with the settings as they are now, or with an older `.env`.',
  needs: ['serve'],
  async run({ apiUrl, apiKey, config }, signal) {
    if (!apiKey) return skipped('AGENTS_API_KEY is not set, so the running API cannot be asked.');
    const headers = { 'X-API-Key': apiKey };
    const options = { signal, headers, anyCertificate: true };
    const answer = await askHttp(`${apiUrl}/api/settings/fingerprints`, options).catch(() => undefined);
    if (!answer) return skipped('The API does not run, see serve.');
    if (answer.status !== 200)
      return skipped(
        `The API does not tell (HTTP ${answer.status}): it is an older one, or the key is not the operator's.`,
      );
    const { started_at: startedAt, salt, settings, secrets } = told.parse(JSON.parse(answer.body));
    const now: z.infer<typeof fingerprints> = settingsFingerprints(config.given, salt);
    const names = new Set([...Object.keys(settings), ...Object.keys(now.settings)]);
    const changed = [...names].filter((name) => !own.has(name) && settings[name] !== now.settings[name]).sort();
    if (secrets !== now.secrets) changed.push('a secret (a key, a password, DATABASE_URL or REDIS_URL)');
    if (changed.length === 0) return ok(`It runs with these settings since ${startedAt}.`);
    return warning(
      `The API, running since ${startedAt}, has other settings than these: ${changed.join(', ')}.`,
      'If you changed them: `docker compose up -d --force-recreate` (`restart` does not read .env again), or stop and start `parley up`.',
    );
  },
};

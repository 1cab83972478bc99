import { createHmac } from 'node:crypto';
import { type SettingName, settings } from './settings.ts';
import type { Setting } from './setting.ts';

/** What settings are, in a form that can be compared and not be read. */
export type SettingsFingerprints = { settings: Partial<Record<SettingName, string>>; secrets: string };

/**
 * A keyed hash (HMAC-SHA256, hex) of each setting that was given, and one of all secrets together, so that no single secret can
 * be guessed and tried.
 * @param salt Another one for each comparison; fingerprints of different salts say nothing of each other.
 */
export function settingsFingerprints(given: Partial<Record<SettingName, string>>, salt: string): SettingsFingerprints {
  const hash = (text: string) => createHmac('sha256', salt).update(text).digest('hex');
  const names = (Object.keys(given) as SettingName[]).sort();
  const isSecret = (name: SettingName) => (settings[name] as Setting).secret === true;
  const open = names.filter((name) => !isSecret(name)).map((name) => [name, hash(`${name}=${given[name]}`)]);
  const secrets = names.filter(isSecret).map((name) => [name, given[name]]);
  return { settings: Object.fromEntries(open), secrets: hash(JSON.stringify(secrets)) };
}

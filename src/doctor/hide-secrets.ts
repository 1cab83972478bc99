import { type SettingName, settings } from '../settings.ts';
import type { Setting } from '../setting.ts';

/** Shorter ones, such as a password `parley`, would black out words that only look the same. */
const shortestChars = 8;

/**
 * Makes a text safe to show: whatever is the value of a secret setting, and user and password of any URL, become dots; the
 * example of a cure stays. The messages hold none by intent; this is for what servers and libraries say.
 */
export function hideSecrets(
  given: Partial<Record<SettingName, string>>,
  more: readonly (string | undefined)[] = [],
): (text: string) => string {
  const secrets = Object.entries(settings as Record<string, Setting>)
    .filter(([, setting]) => setting.secret)
    .map(([name]) => given[name as SettingName]);
  const hidden = [...secrets, ...more]
    .flatMap((value) => (value ? [value, ...passwordsOf(value)] : []))
    .filter((value) => value.length >= shortestChars)
    .sort((a, b) => b.length - a.length);
  return (text) =>
    hidden.reduce(
      (shown, value) => shown.replaceAll(value, '•••'),
      text.replaceAll(/:\/\/(?!user:password@)[^/\s@]*@/g, '://•••@'),
    );
}

/** The password within a URL, as it is written and as it is meant. */
function passwordsOf(value: string): string[] {
  const written = /^[a-z]+:\/\/[^:@/]*:(.+)@/i.exec(value)?.[1];
  if (!written) return [];
  try {
    return [written, decodeURIComponent(written)];
  } catch {
    return [written];
  }
}

import { settings } from '../src/settings.ts';

/** The table of `docs/configuration.md` as it follows from the settings. */
export function settingsTable(): string {
  const rows = Object.entries(settings).map(([name, setting]) => {
    const names = [name, ...(setting.also ?? [])].map((item) => `\`${item}\``).join(', ');
    const initial = initialValue(setting);
    const cells = [names, initial ? `\`${initial}\`` : '–', setting.about, setting.cure];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return ['| name | default | what it is | what it may be |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** The default as it would be written in the environment; empty when there is none. */
export function initialValue(setting: (typeof settings)[keyof typeof settings]): string {
  const initial = setting.schema.safeParse(undefined);
  if (!initial.success || initial.data === undefined) return '';
  if (typeof initial.data === 'boolean') return initial.data ? '1' : '0';
  return typeof initial.data === 'object' ? '' : String(initial.data);
}

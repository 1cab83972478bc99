import type { Check } from '../src/doctor/check.ts';
import { checks } from '../src/doctor/registry.ts';

/** The table of `docs/doctor.md`. */
export function doctorTable(): string {
  const rows = Object.entries<Check>(checks).map(([name, { about, needs = [] }]) => {
    const after = needs.map((each) => `\`${each}\``).join(', ') || '–';
    return `| \`${name}\` | ${about} | ${after} |`;
  });
  return ['| check | looks at | needs |', '| --- | --- | --- |', ...rows].join('\n');
}

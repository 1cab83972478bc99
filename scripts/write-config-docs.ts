import { readFileSync, writeFileSync } from 'node:fs';
import { confusionTable } from '../bench/openings/table.ts';
import { settings } from '../src/settings.ts';
import { doctorTable } from './doctor-table.ts';
import { metricsTable } from './metrics-table.ts';
import { initialValue, settingsTable } from './settings-table.ts';
import { versionsTable } from './versions-table.ts';

/** Writes `docs/configuration.md` and `.env.example` from the settings, and `docs/versions.md` and the tables of `docs/metrics.md`, `docs/doctor.md` and `docs/telephony.md`: run by `make docs`. */
const about = `# Configuration

Every setting is an environment variable, or a line \`NAME=value\` of the file \`.env\` in the folder Parley is started from; the environment
wins. An empty value counts as absent. All wrong or missing ones are reported together at the start, each with how to fix it.

Numbers carry their unit in the name. Secrets are never logged.
`;
writeFileSync('docs/configuration.md', `${about}\n${settingsTable()}\n`);

const example = Object.entries(settings).map(
  ([name, setting]) => `# ${setting.about}\n# ${name}=${initialValue(setting)}\n`,
);
writeFileSync(
  '.env.example',
  `# Copy to .env and uncomment what you need; docs/configuration.md explains every line. \`make run\` needs none of it.\n\n${example.join('\n')}`,
);

replaceTable('docs/metrics.md', metricsTable());
replaceTable('docs/doctor.md', doctorTable());
replaceTable('docs/telephony.md', confusionTable());

const aboutVersions = `# Versions

What \`docker-compose.yml\` deploys and what the tests ran, from \`versions.json\`, which compose file, image, set-up and tests agree with.
`;
writeFileSync('docs/versions.md', `${aboutVersions}\n${versionsTable()}\n`);

/** Writes the table in place of the one with the same first column. */
function replaceTable(file: string, table: string): void {
  const text = readFileSync(file, 'utf8');
  const start = text.indexOf(table.slice(0, table.indexOf('|', 1) + 1));
  const end = text.indexOf('\n\n', start);
  writeFileSync(file, text.slice(0, start) + table + (end < 0 ? '\n' : text.slice(end)));
}

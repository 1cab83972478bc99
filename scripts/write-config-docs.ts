import { readFileSync, writeFileSync } from 'node:fs';
import { settings } from '../src/settings.ts';
import { metricsTable } from './metrics-table.ts';
import { initialValue, settingsTable } from './settings-table.ts';

/** Writes `docs/configuration.md` and `.env.example` from the settings, and the table of `docs/metrics.md`: run by `make docs`. */
const about = `# Configuration

Every setting is an environment variable, or a line \`NAME=value\` of the file \`.env\` in the folder Parley is started from; the environment
wins. An empty value counts as absent. All wrong or missing ones are reported together at start, each with how to mend it.

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

const metrics = readFileSync('docs/metrics.md', 'utf8');
writeFileSync('docs/metrics.md', metrics.replace(/\| metric \|(.|\n)*?\n(?=\n|$)/, `${metricsTable()}\n`));

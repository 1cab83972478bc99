import { readMigrationState } from '../../store/migration-state.ts';
import type { Check } from '../check.ts';
import { failed, ok, warning } from '../finding.ts';

const command =
  '`parley migrate` brings it to this version (`docker compose run --rm migrate`); `serve` does so when it starts.';

export const migrations: Check = {
  about: 'Whether the database has the schema of this version.',
  needs: ['database'],
  async run(context) {
    const { state, missing } = await readMigrationState(context.database().pool);
    if (state === 'current') return ok('The database is at this version.');
    if (state === 'empty') return warning('The database is empty: Parley has not used it yet.', command);
    if (state === 'older')
      return failed(`The database is older than this program and lacks ${missing.join(', ')}.`, command);
    return failed(
      'The database was migrated by a newer version of Parley.',
      'Run that version or a newer one (docs/upgrade.md), or restore a backup from before.',
    );
  },
};

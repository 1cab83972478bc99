import { migrate as applyMigrations } from '../../store/migrate.ts';
import type { Command } from '../command.ts';

export const migrate: Command = {
  help: `parley migrate

Brings the database of DATABASE_URL to this version of Parley. Safe to run twice, and from several replicas at once: one does
the work, the others wait. Waits up to 30 s for a PostgreSQL that is starting. (\`parley up\` does this for its own database.)

Exit codes: 0 the database is current, 1 it is newer than this program or cannot be reached.`,
  options: {},
  async run({ config, signal, out }) {
    if (!config.DATABASE_URL)
      throw new Error(
        'DATABASE_URL is not set. Set it to your PostgreSQL, such as postgresql://user:password@host:5432/parley.',
      );
    await applyMigrations({ url: config.DATABASE_URL, log: (line) => out.write(`${line}\n`), signal });
    out.write('The database is current.\n');
    return 0;
  },
};

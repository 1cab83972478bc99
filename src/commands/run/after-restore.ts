import { settleRestoredDatabase } from '../../compose/compose-after-restore.ts';
import { migrate } from '../../store/migrate.ts';
import { createLogger, logTo } from '../../telemetry/logger.ts';
import type { Command } from '../command.ts';

export const afterRestore: Command = {
  help: `parley after-restore

Run it once after a backup was restored, before \`serve\` and \`worker\` start: calls that waited or ran at the time of the backup may
have been dialled since, so they are ended (outcome unknown, reason database_restored) instead of dialled again. Calls planned
for later stay. Campaigns that ran are paused. Prints the ids of what it ended and paused. Needs DATABASE_URL.

Exit codes: 0 done, 1 the database cannot be used.`,
  options: {},
  async run({ config, signal, out }) {
    const url = config.DATABASE_URL;
    if (!url) throw new Error('DATABASE_URL is not set. Set it to the database that was restored.');
    await migrate({ url, log: (line) => out.write(`${line}\n`), signal });
    const logger = createLogger({ level: config.PARLEY_LOG_LEVEL, component: 'after-restore', out: process.stderr });
    const { calls: ended, campaigns } = await settleRestoredDatabase({ url, log: logTo(logger) });
    for (const id of [...ended, ...campaigns]) out.write(`${id}\n`);
    out.write(`${ended.length} calls were ended; nothing of theirs is dialled again.\n`);
    if (campaigns.length > 0) out.write(`${campaigns.length} campaigns were paused.\n`);
    return 0;
  },
};

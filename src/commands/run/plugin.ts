import { join } from 'node:path';
import { addPlugin, installedPlugins } from '../../../pipelines/index.ts';
import { environment } from '../../config.ts';
import { createLogger, logTo } from '../../telemetry/logger.ts';
import { startSdk } from '../../worker/conversation/sdk-pins.ts';
import type { Command } from '../command.ts';

export const plugin: Command = {
  help: `parley plugin add PACKAGE[@VERSION]
parley plugin list

Installs a plugin of the LiveKit SDK, such as @livekit/agents-plugin-openai, at the version that fits this program, into
PARLEY_DATA_DIR/plugins. An agent file then names it: \`stt: { plugin: PACKAGE, options: { … } }\`. Install scripts of packages
do not run.

Exit codes: 0 it is installed and loads, 1 it does not fit or does not load, 2 the call was not understood.`,
  options: {},
  async run({ config, positionals, signal, out }) {
    const [verb, wanted, ...more] = positionals;
    const folder = join(config.PARLEY_DATA_DIR, 'plugins');
    startSdk(logTo(createLogger({ level: config.PARLEY_LOG_LEVEL, component: 'plugin', out: process.stderr })));
    if (verb === 'list' && wanted === undefined) {
      const found = await installedPlugins(folder);
      for (const { packageName, version } of found) out.write(`${packageName} ${version}\n`);
      if (found.length === 0) out.write(`No plugin is installed in ${folder}.\n`);
      return 0;
    }
    if (verb !== 'add' || wanted === undefined || more.length > 0) {
      process.stderr.write(`${plugin.help}\n`);
      return 2;
    }
    const { packageName, version, classes } = await addPlugin({ wanted, folder, environment: environment(), signal });
    out.write(`${packageName} ${version} is installed, with ${classes.join(', ')}.\n`);
    return 0;
  },
};

#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { didYouMean } from './agent-files/did-you-mean.ts';
import { commands } from './commands/commands.ts';
import { platformProblem } from './commands/platform-problem.ts';
import { version } from './compose/version.ts';
import { ConfigError, inspectConfig, loadConfig } from './config.ts';

/**
 * The `parley` command: finds the verb, reads its options, runs it, and turns what comes of it into an exit code.
 * 0 is success, 1 a failure that was explained, 2 a call that was not understood.
 */
async function main(argv: string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (!name || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(overview());
    return name ? 0 : 2;
  }
  if (name === '--version' || name === '-v') {
    process.stdout.write(`${version}\n`);
    return 0;
  }
  const load = commands[name];
  if (!load) {
    const meant = didYouMean(name, Object.keys(commands));
    process.stderr.write(
      `parley: there is no command "${name}".${meant ? ` Did you mean ${meant}?` : ''}\n${overview()}`,
    );
    return 2;
  }
  const unsupported = platformProblem(process.platform);
  if (unsupported) {
    process.stderr.write(`parley: ${unsupported}\n`);
    return 1;
  }
  const command = await load();
  let parsed: { values: Record<string, string | boolean | (string | boolean)[] | undefined>; positionals: string[] };
  try {
    const options = { ...command.options, help: { type: 'boolean', short: 'h' } } as const;
    parsed = parseArgs({ args: rest, options, allowPositionals: true });
  } catch (error) {
    process.stderr.write(`parley ${name}: ${(error as Error).message}\n\n${command.help}\n`);
    return 2;
  }
  if (parsed.values['help']) {
    process.stdout.write(`${command.help}\n`);
    return 0;
  }
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // A second Ctrl-C means now.
      if (stop.signal.aborted && signal === 'SIGINT') process.exit(130);
      stop.abort(signal);
    });
  }
  const { values, positionals } = parsed;
  const context = { values, positionals, signal: stop.signal, out: process.stdout };
  if ('runWithAnySettings' in command) return command.runWithAnySettings({ ...context, reading: inspectConfig() });
  return command.run({ ...context, config: loadConfig() });
}

function overview(): string {
  return `parley: real-time voice agents on LiveKit

  parley up             start everything on this machine, make a spoken test call, stay up
  parley serve          the API and the page
  parley worker         the process that runs calls
  parley call           talk to an agent as a scripted caller and print what both sides said
  parley dial           place a phone call and follow it
  parley calls          list calls
  parley campaigns      list campaigns, start, pause or cancel one
  parley keys           list, make and revoke API keys
  parley tenant         list and add tenants
  parley do-not-call    keep the numbers that are never called
  parley test           run scenarios against agents
  parley load           say how many calls this machine takes, and why not more
  parley agents         list the agent files, or what is wrong with them
  parley doctor         check everything a call needs, and say how to fix what is wrong
  parley check          test every configured service, and list models and licences
  parley plugin         install a plugin of the LiveKit SDK for an agent file to name
  parley trunk          list and make the SIP trunks that calls go over
  parley migrate        bring the database to this version
  parley after-restore  end what a restored database believes to be going on
  parley prepare        fetch what \`up\` needs, start nothing

Each has --help; \`parley --version\` prints the version. Settings come from the environment or .env; docs/configuration.md lists them.
`;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const expected = error instanceof ConfigError || !(error instanceof TypeError || error instanceof ReferenceError);
  const { name, message, stack } = error as Error;
  const said = name === 'AbortError' ? 'Stopped before it was up.' : expected ? message : (stack ?? error);
  process.stderr.write(`parley: ${said}\n`);
  process.exitCode = 1;
}
// Native parts of WebRTC keep the event loop alive after everything has been closed.
process.exit();

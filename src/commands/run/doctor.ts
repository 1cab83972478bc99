import { composeDoctor } from '../../compose/compose-doctor.ts';
import { hideSecrets } from '../../doctor/hide-secrets.ts';
import { printResults } from '../../doctor/print-results.ts';
import { checks } from '../../doctor/registry.ts';
import { runChecks } from '../../doctor/run-checks.ts';
import type { TolerantCommand } from '../command.ts';

export const doctor: TolerantCommand = {
  help: `parley doctor [--json] [--only NAME,…]

Looks at everything a call needs, as it is set now, and says how to fix what is wrong. Runs whatever the settings are, changes
nothing, prints no secret, and takes half a minute at most. In the stack of docker-compose.yml:

  docker compose run --rm worker doctor

  --json   one JSON object instead of the table
  --only   only these checks, and those they need: ${Object.keys(checks).join(', ')}

Exit codes: 0 nothing failed (there may be warnings), 1 something did, 2 wrong options.`,
  options: { json: { type: 'boolean' }, only: { type: 'string' } },
  async runWithAnySettings({ reading, values, signal, out }) {
    const only = typeof values['only'] === 'string' ? values['only'].split(',').map((name) => name.trim()) : undefined;
    const unknown = only?.filter((name) => !Object.hasOwn(checks, name));
    if (unknown?.length) {
      out.write(`There is no check ${unknown.join(', ')}. The checks are ${Object.keys(checks).join(', ')}.\n`);
      return 2;
    }
    const { context, close } = composeDoctor(reading);
    try {
      const results = await runChecks(checks, context, { ...(only && { only }), signal });
      const hide = hideSecrets(reading.config.given, [context.databaseUrl, context.livekit?.apiSecret, context.apiKey]);
      const ok = !results.some(({ findings }) => findings.some(({ status }) => status === 'failed'));
      out.write(hide(values['json'] ? `${JSON.stringify({ ok, checks: results }, null, 2)}\n` : printResults(results)));
      return ok ? 0 : 1;
    } finally {
      await close();
    }
  },
};

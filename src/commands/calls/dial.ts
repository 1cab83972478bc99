import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { askApi } from '../../caller/ask-api.ts';
import type { Command } from '../command.ts';
import { apiHelp, apiOf, apiOptions, readVariables } from '../running-api.ts';

const acceptedSchema = z.object({ call_id: z.string(), status: z.string() });
const followedSchema = z.object({
  status: z.string(),
  outcome: z.string().nullable(),
  end_reason_text: z.string().nullable(),
  cost_usd: z.string(),
  turns: z.array(z.object({ role: z.enum(['caller', 'agent']), text: z.string() })),
});

export const dial: Command = {
  help: `parley dial +1… --agent reminder --variable name=Ada --variable appointment=Thursday [--no-wait]

Places a phone call over the trunk of a running Parley, shows how it goes, and prints what was said. Ctrl-C stops following; the
call goes on.

  --agent NAME            the agent that calls
  --variable NAME=VALUE   fills {{NAME}} of the agent; repeat it for more
  --from +1…              the caller id, one of the trunk's numbers
  --playbook TEXT         instructions for this call
  --no-wait               print the id of the call and return
${apiHelp}

Exit codes: 0 the call was completed (with --no-wait: accepted), 1 it was not, or it was refused, 2 wrong options.`,
  options: {
    agent: { type: 'string' },
    variable: { type: 'string', multiple: true },
    from: { type: 'string' },
    playbook: { type: 'string' },
    'no-wait': { type: 'boolean' },
    ...apiOptions,
  },
  async run({ positionals: [to], values, config, signal, out }) {
    if (to === undefined || typeof values['agent'] !== 'string') {
      out.write(`${dial.help}\n`);
      return 2;
    }
    const api = apiOf(config, values);
    const { call_id: callId, status } = acceptedSchema.parse(
      await askApi(api, 'POST', '/api/dispatch', {
        to,
        agent: values['agent'],
        variables: readVariables(values['variable']),
        ...(values['from'] !== undefined && { from: values['from'] }),
        ...(values['playbook'] !== undefined && { playbook: values['playbook'] }),
      }),
    );
    out.write(`${callId}  ${status}\n`);
    if (values['no-wait']) return 0;
    for (let shown = status; ;) {
      const call = followedSchema.parse(await askApi(api, 'GET', `/api/calls/${callId}`));
      if (call.status !== shown && call.status !== 'ended') out.write(`${callId}  ${call.status}\n`);
      shown = call.status;
      if (call.status === 'ended') {
        for (const { role, text } of call.turns) out.write(`  ${role === 'agent' ? 'Agent ' : 'Caller'}  ${text}\n`);
        out.write(`${callId}  ${call.outcome}: ${call.end_reason_text ?? ''}  ${call.cost_usd} USD\n`);
        return call.outcome === 'completed' ? 0 : 1;
      }
      await sleep(500, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return 1;
    }
  },
};

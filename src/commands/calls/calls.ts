import { z } from 'zod';
import { askApi } from '../../caller/ask-api.ts';
import type { Command } from '../command.ts';
import { apiHelp, apiOf, apiOptions } from '../running-api.ts';

const callsSchema = z.object({
  calls: z.array(
    z.object({
      call_id: z.string(),
      created_at: z.string(),
      direction: z.string(),
      status: z.string(),
      agent: z.string(),
      phone_number: z.string().nullable(),
      outcome: z.string().nullable(),
      end_reason: z.string().nullable(),
      duration_ms: z.number().nullable(),
      cost_usd: z.string(),
    }),
  ),
});
type Row = z.output<typeof callsSchema>['calls'][number];

const filters = { agent: 'agent', status: 'status', outcome: 'outcome', number: 'phone_number' } as const;

export const calls: Command = {
  help: `parley calls [--agent NAME] [--status in_progress] [--outcome busy] [--number +1…] [--limit 20]

Lists the calls of a running Parley, the newest first.

  --agent NAME      those of this agent
  --status STATUS   scheduled, queued, dispatching, dialing, ringing, in_progress or ended
  --outcome NAME    completed, busy, no_answer …
  --number +1…      those with this number
  --limit N         at most so many (default: 20)
  --json            as the API answers
${apiHelp}

Exit codes: 0 listed, 1 the API could not be asked or refused, 2 wrong options.`,
  options: {
    agent: { type: 'string' },
    status: { type: 'string' },
    outcome: { type: 'string' },
    number: { type: 'string' },
    limit: { type: 'string' },
    json: { type: 'boolean' },
    ...apiOptions,
  },
  async run({ values, config, out }) {
    const query = new URLSearchParams({ limit: String(values['limit'] ?? 20) });
    for (const [option, field] of Object.entries(filters))
      if (typeof values[option] === 'string') query.set(field, values[option]);
    const answer = await askApi(apiOf(config, values), 'GET', `/api/calls?${query.toString()}`);
    out.write(values['json'] ? `${JSON.stringify(answer, null, 2)}\n` : table(callsSchema.parse(answer).calls));
    return 0;
  },
};

function table(rows: Row[]): string {
  if (rows.length === 0) return 'There are no such calls.\n';
  const cells = rows.map((row) => [
    row.call_id,
    row.created_at.slice(0, 19).replace('T', ' '),
    row.direction,
    row.agent,
    row.phone_number ?? '–',
    row.status === 'ended' ? `${row.outcome} (${row.end_reason})` : row.status,
    row.duration_ms === null ? '–' : `${Math.round(row.duration_ms / 1000)} s`,
    `${row.cost_usd} USD`,
  ]);
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  return cells
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

import { setImmediate as others } from 'node:timers/promises';
import { CallError } from '../../calls/errors.ts';
import type { LeadUpsert } from '../../calls/ports.ts';
import { csvRows } from '../../calls/csv-rows.ts';
import { leadFields } from '../shapes/lead-fields.ts';

export type LeadCsv = { leads: LeadUpsert[]; rejected: { line: number; reason: string }[] };

const columns = new Set(['email', 'name', 'phone_number', 'company']);
const maxRows = 10_000;
/** After so many lines others come first. */
const linesAtOnce = 25;

/**
 * Reads leads from CSV with a header line. Columns that are no field of a lead go to `data`; empty cells keep what is stored.
 * A line that does not fit is rejected by itself; of two lines with one email the later is taken.
 * @throws CallError `invalid_request` when it is no CSV, lacks the column `email` or is too long
 */
export async function readLeadCsv(csv: string): Promise<LeadCsv> {
  const leads = new Map<string, LeadUpsert>();
  const rejected: LeadCsv['rejected'] = [];
  for await (const { record, info } of csvRows(csv, { headerOf, maxRows })) {
    if (info.records % linesAtOnce === 0) await others();
    const filled = Object.entries(record).filter(([, cell]) => cell !== '');
    const data = Object.fromEntries(filled.filter(([column]) => !columns.has(column)));
    const fields = Object.fromEntries(filled.filter(([column]) => columns.has(column)));
    const lead = leadFields.safeParse({ ...fields, ...(Object.keys(data).length > 0 && { data }) });
    if (lead.success) leads.set(lead.data.email, { ...leads.get(lead.data.email), ...lead.data });
    else {
      const [issue] = lead.error.issues;
      rejected.push({ line: info.lines, reason: `${issue?.path.join('.') ?? 'line'}: ${issue?.message}` });
    }
  }
  return { leads: [...leads.values()], rejected };
}

function headerOf(cells: string[]): string[] {
  const header = cells.map((cell) => cell.trim().toLowerCase());
  if (header.includes('email')) return header;
  throw new CallError(
    'invalid_request',
    'The CSV has no column `email`. Send a header line such as email,name,phone_number,company.',
    { field: 'email' },
  );
}

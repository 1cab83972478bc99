import { CsvError, parse } from 'csv-parse/sync';
import { CallError } from '../calls/errors.ts';
import type { LeadUpsert } from '../calls/ports.ts';
import { leadFields } from './lead-fields.ts';

export type LeadCsv = { leads: LeadUpsert[]; rejected: { line: number; reason: string }[] };

const columns = new Set(['email', 'name', 'phone_number', 'company']);
const maxRows = 10_000;

/**
 * Reads leads from CSV with a header line. Columns that are no field of a lead go to `data`; empty cells keep what is stored.
 * A line that does not fit is rejected by itself; of two lines with one email the later is taken.
 * @throws CallError `invalid_request` when it is no CSV, lacks the column `email` or is too long
 */
export function readLeadCsv(csv: string): LeadCsv {
  const rows = rowsOf(csv);
  const leads = new Map<string, LeadUpsert>();
  const rejected: LeadCsv['rejected'] = [];
  for (const { record, info } of rows) {
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

type Row = { record: Record<string, string>; info: { lines: number } };

function rowsOf(csv: string): Row[] {
  let header: string[] = [];
  try {
    const rows: unknown = parse(csv, {
      bom: true,
      columns: (cells: string[]) => (header = cells.map((cell) => cell.trim().toLowerCase())),
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      to: maxRows + 1,
    });
    return checked(rows as Row[], header);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new CallError('invalid_request', `The body is not valid CSV: ${error.message}`, { cause: error });
  }
}

function checked(rows: Row[], header: string[]): Row[] {
  if (!header.includes('email'))
    throw new CallError(
      'invalid_request',
      'The CSV has no column `email`. Send a header line such as email,name,phone_number,company.',
      { field: 'email' },
    );
  if (rows.length > maxRows)
    throw new CallError('invalid_request', `The CSV has more than ${maxRows} lines. Send it in parts.`);
  return rows;
}

import type { Candidate } from '../../calls/campaigns/add-recipients.ts';
import { CallError } from '../../calls/errors.ts';
import { csvRows } from '../../calls/csv-rows.ts';

const maxRows = 100_000;
/** Under which a number may stand, the first that is there. */
const numberColumns = ['phone_number', 'to', 'phone', 'number'];
const longestValue = 4_000;

/**
 * Reads recipients from CSV with a header line. One column is the number; those that the agent has a variable for are its
 * values, and others are left alone. Empty cells give nothing. `where` is the line.
 * @throws CallError `invalid_request` when it is no CSV, lacks a column with numbers or is too long
 */
export async function* readRecipientCsv(
  csv: string,
  names: readonly string[],
): AsyncGenerator<Candidate, void, undefined> {
  let numberColumn = '';
  const headerOf = (cells: string[]) => {
    const header = cells.map((cell) =>
      cell
        .trim()
        .toLowerCase()
        .replaceAll(/[\s-]+/g, '_'),
    );
    numberColumn = numberColumns.find((name) => header.includes(name)) ?? '';
    if (numberColumn) return header;
    throw new CallError(
      'invalid_request',
      'The CSV has no column `phone_number`. Send a header line such as phone_number,name.',
      { field: 'phone_number' },
    );
  };
  for await (const { record, info } of csvRows(csv, { headerOf, maxRows })) {
    const given = names.flatMap((name) => {
      const value = name === numberColumn ? undefined : record[name];
      return value ? [[name, value.slice(0, longestValue)] as const] : [];
    });
    yield { where: info.lines, to: record[numberColumn] ?? '', variables: Object.fromEntries(given) };
  }
}

import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { CallError } from '../../calls/errors.ts';

/** A line by the names of its columns; `lines` counts those of the text, `records` those with data. */
export type CsvRow = { record: Record<string, string>; info: { lines: number; records: number } };

/** Of the text, characters: what the parser takes at once. */
const pieceLength = 8_192;

/**
 * The rows of a CSV with a header line, a few at a time.
 * @param options.headerOf Names the columns by the cells of the header, or refuses it
 * @throws CallError `invalid_request` when it is no CSV or too long, and what `headerOf` throws
 */
export async function* csvRows(
  csv: string,
  { headerOf, maxRows }: { headerOf: (cells: string[]) => string[]; maxRows: number },
): AsyncGenerator<CsvRow, void, undefined> {
  const parser = parse({
    bom: true,
    columns: headerOf,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
  });
  const rows = Readable.from(piecesOf(csv)).compose(parser);
  try {
    for await (const row of rows as AsyncIterable<CsvRow>) {
      if (row.info.records > maxRows)
        throw new CallError('invalid_request', `The CSV has more than ${maxRows} lines. Send it in parts.`);
      yield row;
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new CallError('invalid_request', `The body is not valid CSV: ${error.message}`, { cause: error });
  }
}

function* piecesOf(csv: string): Generator<string> {
  // An empty text has no header either, and is told so.
  if (csv.trim() === '') yield '\n,';
  for (let from = 0; from < csv.length; from += pieceLength) yield csv.slice(from, from + pieceLength);
}

import { Readable } from 'node:stream';
import { setImmediate as others } from 'node:timers/promises';
import { CsvError, parse } from 'csv-parse';
import { CallError } from './errors.ts';

/** A line by the names of its columns; `lines` counts those of the text, `records` those with data. */
export type CsvRow = { record: Record<string, string>; info: { lines: number; records: number } };

/** Of the text, characters: what the parser takes at once. */
const pieceLength = 8_192;
const restAfter = 8 * pieceLength;
/** Characters of a row, breaks in quotes included: the parser takes a row as a whole and gives nobody else a turn in it. */
const longestRow = 100_000;
const maxColumns = 500;

/**
 * The rows of a CSV with a header line, a few at a time.
 * @param options.headerOf Names the columns by the cells of the header, or refuses it
 * @throws CallError `invalid_request` when it is no CSV or too long, and what `headerOf` throws
 */
export async function* csvRows(
  csv: string | AsyncIterable<Buffer>,
  { headerOf, maxRows = Infinity }: { headerOf: (cells: string[]) => string[]; maxRows?: number },
): AsyncGenerator<CsvRow, void, undefined> {
  if (typeof csv === 'string') refuseLongLines(csv);
  const parser = parse({
    bom: true,
    columns: (cells: string[]) => {
      if (cells.length <= maxColumns) return headerOf(cells);
      throw new CallError(
        'invalid_request',
        `The CSV has more than ${maxColumns} columns. Leave out what is not needed.`,
      );
    },
    info: true,
    max_record_size: longestRow,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
  });
  const rows = Readable.from(typeof csv === 'string' ? piecesOf(csv) : csv).compose(parser);
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

/** Between pieces others come first, whether or not a row came of them. */
async function* piecesOf(csv: string): AsyncGenerator<string> {
  // An empty text has no header either, and is told so.
  if (csv.trim() === '') yield '\n,';
  for (let from = 0; from < csv.length; from += pieceLength) {
    yield csv.slice(from, from + pieceLength);
    if (from % restAfter === 0) await others();
  }
}

/**
 * Before the parser works on it, and since its own limit does not count what stands between cells.
 * @throws CallError `invalid_request`
 */
function refuseLongLines(csv: string): void {
  let sinceBreak = 0;
  for (let from = 0; from < csv.length; from += pieceLength) {
    const piece = csv.slice(from, from + pieceLength);
    const lastBreak = Math.max(piece.lastIndexOf('\n'), piece.lastIndexOf('\r'));
    sinceBreak = lastBreak === -1 ? sinceBreak + piece.length : piece.length - lastBreak;
    if (sinceBreak > longestRow)
      throw new CallError('invalid_request', `The CSV has a line of more than ${longestRow} characters.`);
  }
}

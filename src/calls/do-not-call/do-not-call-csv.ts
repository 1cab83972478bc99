import { setImmediate } from 'node:timers/promises';
import { parsePhoneNumber } from '../../../telephony/index.ts';
import { csvLine } from '../csv-line.ts';
import { csvRows } from '../csv-rows.ts';
import { CallError } from '../errors.ts';
import { defaultReason } from './add-number.ts';
import type { DoNotCallAddition, DoNotCallList, DoNotCallSource, DoNotCallStore } from './do-not-call-ports.ts';

export type DoNotCallImport = { created: number; known: number; rejected: { line: number; reason: string }[] };

/** Rows written with one statement; others are served between two of them. */
const rowsAtOnce = 500;
const longestReason = 200;

/**
 * Reads numbers from CSV with a header line: `phone_number`, and perhaps `reason`. A wrong line is rejected by itself.
 * @throws CallError `invalid_request` when it is no CSV or lacks the column
 */
export async function importNumbers(
  csv: string | AsyncIterable<Buffer>,
  { list, source }: { list: DoNotCallList; source: DoNotCallSource },
  store: Pick<DoNotCallStore, 'add'>,
): Promise<DoNotCallImport> {
  const result: DoNotCallImport = { created: 0, known: 0, rejected: [] };
  let batch: DoNotCallAddition[] = [];
  const flush = async () => {
    const created = await store.add(list, source, batch);
    result.created += created;
    result.known += batch.length - created;
    batch = [];
    await setImmediate();
  };
  for await (const { record, info } of csvRows(csv, { headerOf })) {
    const number = parsePhoneNumber(record['phone_number'] ?? '');
    if ('problem' in number) result.rejected.push({ line: info.lines, reason: `phone_number: ${number.message}` });
    else
      batch.push({
        phoneNumber: number.e164,
        reason: (record['reason'] || defaultReason).slice(0, longestReason),
      });
    if (batch.length >= rowsAtOnce) await flush();
  }
  await flush();
  return result;
}

function headerOf(cells: string[]): string[] {
  const header = cells.map((cell) => cell.trim().toLowerCase());
  if (header.includes('phone_number')) return header;
  throw new CallError(
    'invalid_request',
    'The CSV has no column `phone_number`. Send a header line such as phone_number,reason.',
    { field: 'phone_number' },
  );
}

/** The whole list as CSV, page by page; what was erased has no number to tell. */
export async function* exportNumbers(
  list: DoNotCallList,
  store: Pick<DoNotCallStore, 'list'>,
): AsyncGenerator<string, void, undefined> {
  yield 'phone_number,reason,source,call_id,created_at\n';
  for (let cursor: string | undefined, more = true; more;) {
    const page = await store.list({ list, cursor, limit: 1000 });
    yield page.entries
      .map(({ phoneNumber, reason, source, callId, createdAt }) =>
        csvLine([phoneNumber ?? '', reason, source, callId ?? '', createdAt.toISOString()]),
      )
      .join('');
    cursor = page.nextCursor ?? undefined;
    more = cursor !== undefined;
  }
}

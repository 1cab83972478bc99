import { sql, type SQL } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';
import { CallError } from '../../calls/errors.ts';

/** Lists go from the newest row to the oldest; a cursor names the last row of a page. */
type Position = { createdAt: Date; id: string };

/** The last moment that ISO 8601 writes with four digits of a year. */
const lastMs = Date.UTC(9999, 11, 31);

/** The rows after the cursor's; everything without one. @throws CallError `invalid_cursor` */
export function beforeCursor(columns: { createdAt: AnyPgColumn; id: AnyPgColumn }, cursor?: string): SQL | undefined {
  if (cursor === undefined) return undefined;
  const { createdAt, id } = decode(cursor);
  // Compared as a row, so that an index on both columns leads straight to the page.
  return sql`(${columns.createdAt}, ${columns.id}) < (${createdAt.toISOString()}::timestamptz, ${id})`;
}

/** Splits `limit + 1` rows into a page and, when there are more, the cursor of the next. */
export function toPage<Row extends Position>(rows: Row[], limit: number): { page: Row[]; nextCursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { page, nextCursor: last && rows.length > limit ? encode(last) : null };
}

function encode({ createdAt, id }: Position): string {
  return Buffer.from(`${createdAt.getTime()}:${id}`).toString('base64url');
}

function decode(cursor: string): Position {
  const [, milliseconds, id] = /^(\d{1,15}):(\w{1,64})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (id === undefined || Number(milliseconds) > lastMs)
    throw new CallError(
      'invalid_cursor',
      'The cursor is not one of ours. Use `next_cursor` of the page before, unchanged.',
      { field: 'cursor' },
    );
  return { createdAt: new Date(Number(milliseconds)), id };
}

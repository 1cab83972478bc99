import type { Phones } from './systems/phones.ts';

/** How often each kind of statement was sent, by its verb and its table, such as `update calls`. */
export type StatementCounts = Map<string, number>;

/** Marks the statements of the measurement itself, which are not counted. Not at their beginning: PostgreSQL leaves that off. */
export const mark = '/* bench */';

/**
 * Statements that PostgreSQL was sent on this database since the last count: what clients send, not what functions and triggers do
 * inside. Needs `pg_stat_statements` with `track` at `top`.
 */
export async function countStatements(phones: Pick<Phones, 'query'>): Promise<StatementCounts> {
  const rows = await phones.query<{ query: string; calls: string }>(
    `SELECT ${mark} query, calls FROM pg_stat_statements
      WHERE toplevel AND calls > 0 AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  await phones.query(`SELECT ${mark} pg_stat_statements_reset()`);
  const counts: StatementCounts = new Map();
  for (const { query: sql, calls } of rows)
    if (!sql.includes(mark)) counts.set(kindOf(sql), (counts.get(kindOf(sql)) ?? 0) + Number(calls));
  return counts;
}

/** The verb and the table of a statement; one that writes is known by what it writes first. */
export function kindOf(sql: string): string {
  const text = sql.replaceAll('"', '').replaceAll(/\s+/g, ' ').trim();
  const [, verb, table] =
    /\b(insert into|(?<!for )update|delete from) (?:only )?(?:\w+\.)?(\w+)/i.exec(text) ??
    /\b(select)\b.*? from (?:only )?(?:\w+\.)?(\w+)/i.exec(text) ??
    [];
  if (verb && table) return `${verb.split(' ')[0]!.toLowerCase()} ${table.toLowerCase()}`;
  return text.split(' ', 2).join(' ').toLowerCase();
}

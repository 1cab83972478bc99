import { expect, it } from 'vitest';
import { kindOf } from '../../bench/statements.ts';

it.each([
  [
    'update calls',
    'with "written" as (update "parley"."calls" set "state" = $1 returning "id") select "id" from "written"',
  ],
  [
    'insert calls',
    'WITH w AS (INSERT INTO parley.calls (id) VALUES ($1)), e AS (INSERT INTO parley.call_events …) SELECT 1',
  ],
  ['delete idempotency_keys', 'delete from "parley"."idempotency_keys" where true'],
  ['select call_turns', 'select "index", "text" from "parley"."call_turns" where "call_id" = $1'],
  [
    'update _private_jobs',
    'with j as (select jobs.id\n  from "graphile_worker"._private_jobs as jobs) update "graphile_worker"._private_jobs set a = 1',
  ],
  ['begin', 'BEGIN'],
  ['select pg_advisory_xact_lock(hashtextextended($1,', 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))'],
])('a statement is known as %s', (kind, sql) => {
  expect(kindOf(sql)).toBe(kind);
});

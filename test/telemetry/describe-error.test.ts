import { PassThrough } from 'node:stream';
import { DrizzleQueryError } from 'drizzle-orm';
import { DatabaseError } from 'pg';
import { expect, test } from 'vitest';
import { createLogger } from '../../src/telemetry/logger.ts';

test('of a failed statement the log holds what failed, and no value of it', () => {
  const out = new PassThrough();
  const refused = Object.assign(new DatabaseError('invalid input syntax for type uuid: "+15551234567"', 1, 'error'), {
    severity: 'ERROR',
    code: '22P02',
    detail: 'Key (phone_number)=(+15551234567) already exists.',
    where: "unnamed portal parameter $1 = '+15551234567'",
  });
  const failed = new DrizzleQueryError('INSERT INTO calls VALUES ($1)', ['+15551234567'], refused);
  createLogger({ level: 'info', component: 'serve', out }).error(
    { error: new Error('a job failed', { cause: failed }) },
    'a request failed',
  );
  const line = String(out.read());
  expect(line).not.toContain('5551234567');
  expect(JSON.parse(line)).toMatchObject({
    err: { message: 'a job failed', cause: { message: 'A statement failed.', cause: { code: '22P02' } } },
  });
});

import { Writable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger } from '../../src/telemetry/logger.ts';
import { type Api, openApi } from './open-api.ts';

const lines: string[] = [];
const out = new Writable({ write: (chunk, _encoding, done) => (lines.push(String(chunk)), done()) });
let api: Api;

beforeAll(async () => {
  api = await openApi({ logger: createLogger({ level: 'debug', component: 'serve', out }) });
  await api.database.pool.query(`
    CREATE TABLE parley.failing (state text);
    INSERT INTO parley.failing VALUES ('');
    CREATE FUNCTION parley.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE wanted text := (SELECT state FROM parley.failing);
    BEGIN
      RAISE EXCEPTION 'refused: %', NEW.phone_number USING ERRCODE = wanted, DETAIL = NEW.variables::text;
    END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON parley.calls FOR EACH ROW EXECUTE FUNCTION parley.refuse()`);
});
afterAll(() => api.close());

const failWith = (state: string) => api.database.pool.query('UPDATE parley.failing SET state = $1', [state]);

test.each([
  ['53100', 503, 'database_unavailable'],
  ['25006', 503, 'database_unavailable'],
  ['57014', 503, 'database_unavailable'],
  ['22P02', 500, 'internal_error'],
  ['23514', 500, 'internal_error'],
])(
  'a statement that fails with %s is told as %i, and no value of it is written anywhere',
  async (state, status, code) => {
    lines.length = 0;
    await failWith(state);
    const refused = await api.send('POST', '/api/dispatch', {
      body: { to: '+14155550133', agent: 'reminder', variables: { name: 'Rosalind Franklin' } },
    });
    expect(refused).toMatchObject({ status, body: { code } });
    expect(refused.headers.get('retry-after')).toBe(status === 503 ? '5' : null);
    const written = `${lines.join('')}${JSON.stringify(refused.body)}`;
    expect(written).toContain(state);
    expect(written).not.toMatch(/4155550133|Rosalind/);
  },
);

test.each(['OTk5OTk5OTk5OTk5OTk5OmNhbGxfMQ', 'MDpcMA', '!', 'x'.repeat(400)])(
  'a cursor that was not given out (%s) is refused as such',
  async (cursor) => {
    for (const list of ['calls', 'leads', 'webhooks/deliveries'])
      expect(await api.send('GET', `/api/${list}?cursor=${cursor}`)).toMatchObject({
        status: 400,
        body: { code: 'invalid_cursor', field: 'cursor' },
      });
  },
);

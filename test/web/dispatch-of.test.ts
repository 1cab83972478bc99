import { expect, test } from 'vitest';
import { dispatchFields } from '../../src/http/shapes/dispatch-fields.ts';

type Values = {
  text: (name: string) => string | undefined;
  number: (name: string) => number | undefined;
  all: (name: string) => string[];
  named: (prefix: string) => Record<string, string>;
};
const publicFolder = new URL('../../src/web/public/', import.meta.url);
const { dispatchOf } = (await import(new URL('place/dispatch-of.js', publicFolder).href)) as unknown as {
  dispatchOf: (values: Values, options: { isCheck: boolean }) => Record<string, unknown>;
};
const { firstRows } = (await import(new URL('parts/csv.js', publicFolder).href)) as unknown as {
  firstRows: (text: string, most: number) => string[][];
};

function filled(given: Record<string, string | string[]>): Values {
  const text = (name: string) => (typeof given[name] === 'string' ? given[name] : undefined);
  return {
    text,
    number: (name) => (text(name) === undefined ? undefined : Number(text(name))),
    all: (name) => (Array.isArray(given[name]) ? given[name] : []),
    named: (prefix) =>
      Object.fromEntries(
        Object.keys(given).flatMap((name) =>
          name.startsWith(prefix) ? [[name.slice(prefix.length), String(given[name])]] : [],
        ),
      ),
  };
}
const least = { to: '+15551234567', agent: 'reminder' };

test('what is left empty is left out', () => {
  expect(dispatchOf(filled(least), { isCheck: false })).toEqual(least);
  expect(dispatchOf(filled(least), { isCheck: true })).toEqual({ ...least, dry_run: true });
});

test('everything that can be filled in is what the API takes', () => {
  const body = dispatchOf(
    filled({
      ...least,
      from: '+14155550100',
      trunk_id: 'ST_abc',
      pipeline: 'embedded',
      'variable:name': 'Ada',
      metadata: '{"order":4711,"none":{}}',
      lead: 'ada@example.com',
      not_before: '2026-12-01T09:00',
      not_after: '2027-03-01T09:00',
      window_start: '09:00',
      window_end: '17:00',
      window_timezone: 'Europe/Amsterdam',
      window_days: ['mon', 'tue'],
      max_attempts: '3',
      retry_on: ['busy'],
      delays: '300, 900',
      voicemail_action: 'leave_message',
      voicemail_message: 'Please call back.',
      ring_seconds: '30',
      max_minutes: '5',
      silence_seconds: '20',
      max_cost_usd: '0.5',
      playbook: 'Be brief.',
      webhook_url: 'https://hooks.example.com/a',
      resume_url: 'https://hooks.example.com/b',
    }),
    { isCheck: false },
  );
  expect(body).toMatchObject({
    variables: { name: 'Ada' },
    metadata: { order: 4711, none: {} },
    lead: { email: 'ada@example.com' },
    schedule: { window: { start: '09:00', end: '17:00', days: ['mon', 'tue'] } },
    retry: { max_attempts: 3, on: ['busy'], delays: [300, 900] },
    limits: { ring_seconds: 30, max_minutes: 5, silence_seconds: 20, max_cost_usd: 0.5 },
  });
  // The dates are within a year of whenever this runs only by chance; everything else must fit.
  const { schedule: _schedule, ...rest } = body;
  expect(dispatchFields.safeParse(rest).error?.issues ?? []).toEqual([]);
  expect(Object.keys(body).sort()).toEqual(
    Object.keys(dispatchFields.shape)
      .filter((name) => name !== 'dry_run')
      .sort(),
  );
});

test.each([
  [{ metadata: '{order' }, /not JSON/],
  [{ delays: 'soon', max_attempts: '2' }, /300, 900/],
  [{ window_start: '09:00' }, /both ends/],
])('what cannot be meant is said before it is sent', (wrong, message) => {
  expect(() => dispatchOf(filled({ ...least, ...wrong } as Record<string, string>), { isCheck: false })).toThrow(
    message,
  );
});

test('a CSV is shown as it will be read: quotes, empty lines, either end of line', () => {
  expect(firstRows('email,name\r\n"a@b.c","Ada ""the\ncountess"", L."\n\nb@b.c,\n', 9)).toEqual([
    ['email', 'name'],
    ['a@b.c', 'Ada "the\ncountess", L.'],
    ['b@b.c', ''],
  ]);
  expect(firstRows('a\nb\nc', 2)).toEqual([['a'], ['b']]);
});

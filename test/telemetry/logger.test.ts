import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createLogger, logTo } from '../../src/telemetry/logger.ts';

function lines(out: PassThrough): Record<string, unknown>[] {
  const text = String(out.read() ?? '').trim();
  return text.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('personal data is never written to the log', () => {
  const out = new PassThrough();
  logTo(createLogger({ level: 'info', component: 'worker', out }))('info', 'call ended', {
    callId: 'call_1',
    piiNumber: '+15551234567',
  });
  const text = String(out.read());
  expect(JSON.parse(text)).toMatchObject({ component: 'worker', msg: 'call ended', callId: 'call_1' });
  expect(text).not.toContain('5551234567');
});

test('an error is written with its message and stack', () => {
  const out = new PassThrough();
  logTo(createLogger({ level: 'info', component: 'worker', out }))('error', 'failed', {
    error: new Error('disk is full'),
  });
  expect(lines(out)[0]).toMatchObject({
    err: { message: 'disk is full', stack: expect.stringContaining('logger.test') },
  });
});

test('lines below the level are left out', () => {
  const out = new PassThrough();
  logTo(createLogger({ level: 'warn', component: 'worker', out }))('info', 'nothing to see');
  expect(out.read()).toBeNull();
});

import { expect, test } from 'vitest';
import { keepsPrivate, watchedLog } from './keeps-private.ts';

test('a log with a number, or with words of a call, is found out', () => {
  expect(() => keepsPrivate('{"msg":"dialling"}\n{"to":"+14155550101"}')).toThrow(/"\+14155550101"/);
  expect(() => keepsPrivate('{"heard":"When are you open?"}')).toThrow(/heard/);
  expect(() => keepsPrivate('{"path":"/api/do-not-call/%2B4917612345678"}')).toThrow(/do-not-call/);
  keepsPrivate('{"msg":"dialling","call":"call_4155550100"}\n{"from":"+14155550100"}');
});

test('a log is watched down to its debugging lines', () => {
  const log = watchedLog();
  log.logger.debug({ path: '/api/calls/call_1' }, 'request');
  log.check();
  log.logger.debug({ path: '/api/do-not-call/+4917612345678' }, 'request');
  expect(() => log.check()).toThrow(/do-not-call/);
});

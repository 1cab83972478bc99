import { expect, test } from 'vitest';
import { keepsPrivate } from './keeps-private.ts';

test('a log with a number, or with words of a call, is found out', () => {
  expect(() => keepsPrivate('{"msg":"dialling"}\n{"to":"+14155550101"}')).toThrow(/"\+14155550101"/);
  expect(() => keepsPrivate('{"heard":"When are you open?"}')).toThrow(/heard/);
  keepsPrivate('{"msg":"dialling","call":"call_4155550100"}\n{"from":"+14155550100"}');
});

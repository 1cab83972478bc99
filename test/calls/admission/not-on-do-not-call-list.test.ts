import { expect, test } from 'vitest';
import { notOnDoNotCallList } from '../../../src/calls/admission/not-on-do-not-call-list.ts';
import { facts, withFigures } from './facts-for-test.ts';

test('a listed number is refused', () => {
  expect(notOnDoNotCallList(withFigures({ doNotCall: true }))).toHaveProperty('refused');
  expect(notOnDoNotCallList(facts())).toBeUndefined();
});

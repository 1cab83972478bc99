import { expect, test } from 'vitest';
import { judgeCall, momentaryRules } from '../../../src/calls/admission/judge-call.ts';
import { facts, withFigures } from './facts-for-test.ts';

test('a call that breaks no rule may be dialled', () => {
  expect(judgeCall(facts())).toBeUndefined();
});

test('a refusal counts more than a full line, and names its rule', () => {
  const both = { ...withFigures({ tenantCalls: 99 }), to: '+4930123456' };
  expect(judgeCall(both)).toMatchObject({ rule: 'country', refused: expect.any(String) });
  expect(judgeCall(withFigures({ tenantCalls: 99 }))).toEqual({ rule: 'concurrent_calls', full: 'tenant' });
});

test('for a call of next week today’s figures do not count', () => {
  const busy = withFigures({ tenantCalls: 99, attemptsToNumber: 99, spentUsd: '99' });
  expect(judgeCall(busy, { except: momentaryRules })).toBeUndefined();
  expect(judgeCall({ ...busy, to: '+19005551234' }, { except: momentaryRules })).toMatchObject({
    rule: 'premium_number',
  });
});

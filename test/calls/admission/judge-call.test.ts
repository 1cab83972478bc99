import { expect, test } from 'vitest';
import { judgeCall, momentaryRules, ruleNames, verdictsOn } from '../../../src/calls/admission/judge-call.ts';
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

test('each rule says by itself what it thinks, whatever the others say', () => {
  const verdicts = verdictsOn({ ...withFigures({ tenantCalls: 99 }), to: '+4930123456' });
  expect(verdicts.map(({ rule }) => rule)).toEqual(ruleNames);
  const said = Object.fromEntries(verdicts.map(({ rule, verdict }) => [rule, verdict]));
  expect(said).toMatchObject({ agent: 'passes', country: 'refuses', do_not_call: 'passes', concurrent_calls: 'waits' });
  expect(verdicts.find(({ rule }) => rule === 'country')?.reason).toMatch(/./);
  const later = verdictsOn(facts(), { except: momentaryRules });
  expect(later.filter(({ verdict }) => verdict === 'later').map(({ rule }) => rule)).toEqual([...momentaryRules]);
});

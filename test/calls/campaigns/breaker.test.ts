import { expect, test } from 'vitest';
import { trippedBreaker } from '../../../src/calls/campaigns/breaker.ts';
import { aLook } from './a-look.ts';

const reason = (...of: Parameters<typeof aLook>) => trippedBreaker(aLook(...of))?.reason;

test.each([
  ['too few calls have ended', { ended: 19, failed: 19 }, undefined],
  ['half of the calls failed, and half may', { ended: 20, failed: 10 }, undefined],
  ['more than half of the calls failed', { ended: 20, failed: 11 }, 'breaker_failures'],
  ['few who answered asked not to be called again', { ended: 100, answered: 20, optedOut: 2 }, undefined],
  ['many who answered asked not to be called again', { ended: 100, answered: 20, optedOut: 3 }, 'breaker_opt_outs'],
  ['too few answered', { ended: 100, answered: 19, optedOut: 19, short: 19 }, undefined],
  ['most who answered hung up at once', { ended: 30, answered: 20, short: 13 }, 'breaker_short_calls'],
])('%s: %j → %s', (_, lately, expected) => {
  expect(reason({ lately })).toBe(expected);
});

test('what was spent reaches the limit, to the cent', () => {
  expect(reason({ campaign: { maxSpendUsd: '5.000000000000', spentUsd: '4.999999' } })).toBeUndefined();
  expect(trippedBreaker(aLook({ campaign: { maxSpendUsd: '5', spentUsd: '5.0' } }))).toEqual({
    reason: 'campaign_spend',
    detail: 'Its calls cost 5.0 USD; `max_spend_usd` is 5.',
  });
});

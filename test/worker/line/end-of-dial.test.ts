import { expect, test } from 'vitest';
import type { DialOutcome } from '../../../telephony/index.ts';
import { endOfDial } from '../../../src/worker/line/end-of-dial.ts';

const at = new Date();

test.each<[Omit<DialOutcome, 'detail'>, string, string]>([
  [{ kind: 'no_answer' }, 'ring_timeout', 'parley'],
  [{ kind: 'no_answer', sipStatus: 487 }, 'ring_timeout', 'carrier'],
  [{ kind: 'not_dialled', because: 'sip_overloaded' }, 'sip_overloaded', 'parley'],
  [{ kind: 'not_dialled', because: 'no_sip_service' }, 'sip_not_running', 'parley'],
  [{ kind: 'not_dialled', because: 'trunk_unreachable' }, 'trunk_unreachable', 'parley'],
])('%j ends as %s by %s', (outcome, reason, hungUpBy) => {
  const end = { reason, hungUpBy, at };
  const isDialled = outcome.kind !== 'not_dialled';
  expect(endOfDial({ ...outcome, detail: '' }, at)).toMatchObject(isDialled ? { ended: end } : { notDialled: end });
});

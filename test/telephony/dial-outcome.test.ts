import { describe, expect, test } from 'vitest';
import { dialOutcome } from '../../telephony/index.ts';

const carrier = (status: number) => ({ code: 'x', metadata: { sip_status_code: String(status), sip_status: 'text' } });
const canceled = { code: 'canceled', message: 'sip request timed out' };

describe('the outcome of a dial', () => {
  test.each([
    [486, 'busy'],
    [600, 'busy'],
    [603, 'declined'],
    [607, 'declined'],
    [404, 'number_not_found'],
    [484, 'number_not_found'],
    [480, 'number_unavailable'],
    [408, 'number_unavailable'],
    [403, 'trunk_rejected'],
    [488, 'trunk_rejected'],
    [503, 'carrier_error'],
    [500, 'carrier_error'],
  ])('SIP %i is %s', (status, kind) => {
    expect(dialOutcome({ error: carrier(status), lastStatus: 'ringing', canceledByUs: false })).toMatchObject({
      kind,
      sipStatus: status,
    });
  });

  test('a timeout after it rang is no answer', () => {
    expect(dialOutcome({ error: canceled, lastStatus: 'ringing', canceledByUs: false }).kind).toBe('no_answer');
  });

  test('a timeout without a ring means that the trunk gave no answer', () => {
    expect(dialOutcome({ error: canceled, lastStatus: 'dialing', canceledByUs: false }).kind).toBe('trunk_unreachable');
  });

  test('the leg that left before the API answered decides alone', () => {
    expect(dialOutcome({ lastStatus: 'ringing', canceledByUs: false }).kind).toBe('no_answer');
  });

  test('our own cancel is no unanswered call', () => {
    expect(dialOutcome({ error: canceled, lastStatus: 'ringing', canceledByUs: true }).kind).toBe('canceled');
  });

  test('an answer wins over an error that arrived with it', () => {
    expect(dialOutcome({ error: canceled, lastStatus: 'active', canceledByUs: true }).kind).toBe('answered');
  });

  test.each(['sip not connected (redis required)', 'no response from servers'])(
    '“%s”: nothing was dialled',
    (message) => {
      const error = { code: 'internal', message };
      expect(dialOutcome({ error, canceledByUs: false }).kind).toBe('sip_not_running');
      expect(dialOutcome({ error, lastStatus: 'dialing', canceledByUs: false }).kind).toBe('unknown');
    },
  );

  test('a lost connection to LiveKit before the leg joined leaves the outcome unknown', () => {
    expect(dialOutcome({ error: new TypeError('fetch failed'), canceledByUs: false }).kind).toBe('unknown');
  });
});

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
    [487, 'no_answer'],
    [503, 'carrier_error'],
    [500, 'carrier_error'],
  ])('SIP %i is %s', (status, kind) => {
    expect(dialOutcome({ error: carrier(status), lastStatus: 'ringing', canceledByUs: false })).toMatchObject({
      kind,
      sipStatus: status,
    });
  });

  test('a timeout after it rang is no answer', () => {
    expect(dialOutcome({ error: canceled, rangOut: true, lastStatus: 'ringing', canceledByUs: false }).kind).toBe(
      'no_answer',
    );
  });

  test('a timeout without a ring means that the trunk gave no answer', () => {
    expect(dialOutcome({ error: canceled, rangOut: true, lastStatus: 'dialing', canceledByUs: false }).kind).toBe(
      'trunk_unreachable',
    );
  });

  test.each([
    ['canceled', 'canceled'],
    ['deadline_exceeded', 'request timed out'],
    ['unavailable', 'service unavailable'],
  ])('“%s” before the ring time is over is a lost answer: the phone rings on', (code, message) => {
    const error = { code, message };
    expect(dialOutcome({ error, rangOut: false, lastStatus: 'ringing', canceledByUs: false }).kind).toBe('unknown');
  });

  test('a trunk that gave up by its own timer gave no answer', () => {
    const error = { code: 'canceled', message: 'transaction failed to complete (0 intermediate responses)' };
    expect(dialOutcome({ error, lastStatus: 'dialing', canceledByUs: false }).kind).toBe('trunk_unreachable');
  });

  test('a leg that left without a word of the carrier is unknown', () => {
    expect(dialOutcome({ lastStatus: 'ringing', canceledByUs: false }).kind).toBe('unknown');
    expect(dialOutcome({ lastStatus: 'dialing', canceledByUs: false }).kind).toBe('unknown');
  });

  test('a leg that left as unavailable was not answered', () => {
    expect(dialOutcome({ lastStatus: 'ringing', leftUnavailable: true, canceledByUs: false }).kind).toBe('no_answer');
  });

  test('our own cancel is no unanswered call', () => {
    expect(dialOutcome({ error: canceled, lastStatus: 'ringing', canceledByUs: true }).kind).toBe('canceled');
  });

  test('an answer wins over an error that arrived with it', () => {
    expect(dialOutcome({ error: canceled, lastStatus: 'active', canceledByUs: true }).kind).toBe('answered');
  });

  test.each([
    ['internal', 'sip not connected (redis required)', 'no_sip_service'],
    ['unavailable', 'no response from servers', 'no_sip_service'],
    ['unknown', 'cpu exhausted', 'sip_overloaded'],
    ['invalid_argument', 'lookup carrier.invalid: no such host', 'trunk_unreachable'],
    ['unavailable', 'dial tcp 127.0.0.1:5060: connect: connection refused', 'trunk_unreachable'],
  ])('%s “%s”: nothing was dialled, since %s', (code, message, because) => {
    expect(dialOutcome({ error: { code, message }, canceledByUs: false })).toMatchObject({
      kind: 'not_dialled',
      because,
    });
  });

  test.each(['no response from servers', 'cpu exhausted', 'lookup carrier.invalid: no such host'])(
    '“%s” of a phone that rings leaves the outcome unknown',
    (message) => {
      const error = { code: 'unknown', message };
      expect(dialOutcome({ error, lastStatus: 'ringing', canceledByUs: false }).kind).toBe('unknown');
    },
  );

  test('a lost connection to LiveKit before the leg joined leaves the outcome unknown', () => {
    expect(dialOutcome({ error: new TypeError('fetch failed'), canceledByUs: false }).kind).toBe('unknown');
  });
});

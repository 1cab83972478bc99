import { expect, test } from 'vitest';
import { mayReadMetrics } from '../../../src/telemetry/metrics/may-read-metrics.ts';

const ask = (peer: string | undefined, headers: Record<string, string> = {}) => ({
  peer,
  header: (name: string) => headers[name],
});

test('without a token, whoever is near and asks directly may read', () => {
  for (const peer of ['127.0.0.1', '::1', '10.1.2.3', '172.18.0.4', '192.168.1.9', '::ffff:10.0.0.7', 'fd00::12'])
    expect([peer, mayReadMetrics(ask(peer), undefined)]).toEqual([peer, true]);
  for (const peer of ['93.184.215.14', '172.32.0.1', '2a00:1450::1', '::ffff:8.8.8.8', '', undefined, 'unix'])
    expect([peer, mayReadMetrics(ask(peer), undefined)]).toEqual([peer, false]);
});

test('without a token, nobody reads through a proxy, however near it is', () => {
  for (const header of ['x-forwarded-for', 'forwarded', 'via', 'cf-connecting-ip'])
    expect(mayReadMetrics(ask('127.0.0.1', { [header]: '127.0.0.1' }), undefined)).toBe(false);
});

test('without a token, a page whose name leads to a private address reads nothing', () => {
  const asked = (host: string) => mayReadMetrics(ask('127.0.0.1', { host }), undefined);
  for (const host of [
    '127.0.0.1:8080',
    '[::1]:8080',
    'localhost',
    'serve:8080',
    'parley.voice.svc',
    'box.lan',
    '10.0.0.7',
  ])
    expect([host, asked(host)]).toEqual([host, true]);
  for (const host of ['rebound.example.com', 'rebound.example.com:8080', 'localhost.example.com', '', '::'])
    expect([host, asked(host)]).toEqual([host, false]);
});

test('with a token, whoever sends it may read, from anywhere, and nobody else', () => {
  const token = 'a-token-of-the-operator';
  expect(mayReadMetrics(ask('93.184.215.14', { authorization: `Bearer ${token}` }), token)).toBe(true);
  expect(mayReadMetrics(ask('10.0.0.1', { authorization: `bearer ${token}`, via: '1.1 caddy' }), token)).toBe(true);
  for (const authorization of ['', 'Bearer ', `Bearer ${token}x`, `Basic ${token}`, token])
    expect(mayReadMetrics(ask('127.0.0.1', { authorization }), token)).toBe(false);
  expect(mayReadMetrics(ask('127.0.0.1'), token)).toBe(false);
});

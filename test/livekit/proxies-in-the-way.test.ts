import { expect, test } from 'vitest';
import { proxiesInTheWay } from '../../src/livekit/proxies-in-the-way.ts';

const both = { HTTP_PROXY: 'http://proxy.invalid:3128', https_proxy: 'http://proxy.invalid:3128' };

test.each([
  ['ws://127.0.0.1:7880', '', ['HTTP_PROXY']],
  ['wss://localhost:443', '', ['https_proxy']],
  ['ws://[::1]:7880', '', ['HTTP_PROXY']],
  ['wss://media.example.com', '', []],
  ['wss://media.example.com', 'example.com', ['https_proxy']],
  ['wss://media.example.com', '.example.com, other.example.org', ['https_proxy']],
  ['wss://media.example.com', '*', ['https_proxy']],
  ['ws://livekit-1:7880', 'livekit-1:7880', ['HTTP_PROXY']],
  ['ws://livekit-1:7880', 'livekit-1:7881', []],
  ['wss://notexample.com', 'example.com', []],
])('%s with NO_PROXY=%s is signalled past %j', (url, exceptions, expected) => {
  expect(proxiesInTheWay(url, { ...both, NO_PROXY: exceptions })).toEqual(expected);
});

test('without a proxy there is nothing in the way', () => {
  expect(proxiesInTheWay('ws://127.0.0.1:7880', {})).toEqual([]);
});

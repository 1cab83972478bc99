import { expect, test } from 'vitest';
import { sendDtmf } from '../../telephony/dtmf.ts';

/** Presses the keys by a clock of its own, on which each takes `sendMs` to be sent. */
async function pressed(digits: string, sendMs: number, signal = new AbortController().signal) {
  let atMs = 0;
  const keys: [code: number, digit: string, atMs: number][] = [];
  const publishDtmf = async (code: number, digit: string) => {
    keys.push([code, digit, atMs]);
    atMs += sendMs;
  };
  const wait = async (ms: number) => void (atMs += ms);
  await sendDtmf({ publishDtmf }, digits, signal, { nowMs: () => atMs, wait });
  return keys;
}

test('keys are pressed as fast as livekit-sip passes them on, and w is half a second more', async () => {
  expect(await pressed('1w*#A', 240)).toEqual([
    [1, '1', 0],
    [10, '*', 1050],
    [11, '#', 1600],
    [12, 'A', 2150],
  ]);
});

test('none is pressed before the one before it was sent', async () => {
  expect((await pressed('12', 700)).map(([, , atMs]) => atMs)).toEqual([0, 700]);
});

test('what is no key is refused before the first one is pressed, and nothing is pressed after the call', async () => {
  for (const digits of ['', '12x', '1 2', '5'.repeat(65)]) await expect(pressed(digits, 0)).rejects.toThrow(RangeError);
  expect(await pressed('12', 0, AbortSignal.abort())).toEqual([]);
});

import { expect, test } from 'vitest';
import { type Idleness, IdleSpans } from '../../src/telemetry/idle-memory.ts';

const idle: Idleness = { isFree: true, busyShare: 0.01, spare: 100e6 };
const busy: Idleness = { ...idle, busyShare: 0.2 };
const inCall: Idleness = { ...idle, isFree: false };
const tight: Idleness = { ...idle, spare: 10e6 };

test.each<[what: string, spans: Idleness[], givesBack: boolean[]]>([
  ['half a minute without work', [idle, idle, idle], [false, false, true]],
  ['work in between', [idle, idle, busy, idle, idle, idle], [false, false, false, false, false, true]],
  ['a call, however quiet', [inCall, inCall, inCall, idle, idle, idle], [false, false, false, false, false, true]],
  ['nothing to give back', [tight, tight, tight, tight], [false, false, false, false]],
  ['what was given back stays given back', [idle, idle, idle, tight, tight], [false, false, true, false, false]],
  [
    'a busy time filled the heap again',
    [idle, idle, idle, busy, idle, idle, idle],
    [false, false, true, false, false, false, true],
  ],
])('%s', (_what, spans, givesBack) => {
  const watched = new IdleSpans();
  expect(spans.map((span) => watched.passed(span))).toEqual(givesBack);
});

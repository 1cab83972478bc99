import { expect, test } from 'vitest';
import { BlockedLoopDetector } from '../../src/telemetry/loop-watch.ts';

test('a loop that is blocked for 200 ms is told with what ran, also what came to its end meanwhile', () => {
  const detector = new BlockedLoopDetector(0);
  const endFirst = detector.begin('POST /api/dispatch');
  detector.begin('GET /api/calls');
  expect(detector.tick(50)).toBeUndefined();
  endFirst();
  expect(detector.tick(340)).toEqual({ blockedMs: 240, running: ['GET /api/calls', 'POST /api/dispatch'] });
  expect(detector.tick(640)).toEqual({ blockedMs: 250, running: ['GET /api/calls'] });
});

test('a loop that is late by less is not told', () => {
  const detector = new BlockedLoopDetector(0);
  expect([50, 299, 400].map((nowMs) => detector.tick(nowMs))).toEqual([undefined, undefined, undefined]);
});

test('what is under way is counted, and an end that is told twice counts once', () => {
  const detector = new BlockedLoopDetector(0);
  const end = detector.begin('POST /api/dispatch');
  detector.begin('GET /api/calls');
  expect(detector.underWay).toBe(2);
  end();
  end();
  detector.tick(50);
  expect(detector.underWay).toBe(1);
});

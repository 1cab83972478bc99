import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runCaller } from '../../src/caller/run-caller.ts';
import { callerSays, openTracedCalls } from './traced-calls.ts';

const speech = { wav: fileURLToPath(new URL('../../bench/speech/hours.wav', import.meta.url)) };

it('a call whose operator keeps content at home is traced and priced, without a word or a number', async () => {
  const traced = await openTracedCalls({ content: false, answers: ['plain', 'tool', 'broken'] });
  const call = await traced.place();
  await runCaller({
    url: traced.calls.url,
    token: call.callerToken,
    timeoutSeconds: 60,
    script: [{ say: speech }, { say: speech }, { say: speech }],
  });
  const row = await traced.calls.ended(call);
  const rows = await traced.shown(call.callId);
  expect(traced.collector.costOf(rows[0]!.traceId)).toBeCloseTo(Number(row.costUsd), 9);
  expect(rows.filter(({ type }) => type === 'TOOL')).toHaveLength(1);
  const sent = JSON.stringify(traced.collector.spans);
  const words = [callerSays, 'nine to five', 'On Friday', 'until noon', 'Hello', 'Goodbye', 'Ann', 'passed that on'];
  for (const said of [...words, 'You answer the phone', '+1555', 'Upstream broke']) expect(sent).not.toContain(said);
  expect(rows.every(({ input, output }) => input === undefined && output === undefined)).toBe(true);
  await traced.telemetry.close();
  await traced.close();
});

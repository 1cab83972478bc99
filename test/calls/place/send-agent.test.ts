import { expect, test } from 'vitest';
import type { JobMetadata } from '../../../src/calls/ports.ts';
import { sendAgent } from '../../../src/calls/place/send-agent.ts';
import { readJobMetadata } from '../../../src/worker/call/open-call.ts';

test('the trace that a call was asked in travels with its job, as the worker reads it', async () => {
  const sent: JobMetadata[] = [];
  const rooms = { dispatchAgent: async ({ metadata }: { metadata: JobMetadata }) => void sent.push(metadata) };
  const call = {
    id: 'call_1',
    room: null,
    tenantId: 't',
    agent: 'a',
    pipeline: 'cloud',
    direction: 'outbound',
  } as const;
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  await sendAgent({ rooms }, { ...call, plan: { traceparent, retry: undefined } });
  await sendAgent({ rooms }, { ...call, plan: {} });
  expect(sent.map((metadata) => readJobMetadata(JSON.stringify(metadata)).traceparent)).toEqual([
    traceparent,
    undefined,
  ]);
});

test('a worker takes what it knows of the job of a newer program, and ignores the rest', () => {
  const job = { callId: 'call_1', agent: 'a', pipeline: 'cloud', mood: 'cheerful', rooms: [{ name: 'b' }] };
  expect(readJobMetadata(JSON.stringify(job))).toEqual({ callId: 'call_1', agent: 'a', pipeline: 'cloud' });
});

import { BasicTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SpanDelivery } from '../../src/telemetry/span-delivery.ts';
import { type OtlpDouble, startOtlpDouble } from '../fakes/otlp-double.ts';

describe('the delivery of spans', () => {
  let collector: OtlpDouble;
  let warnings: Record<string, unknown>[];
  let delivery: SpanDelivery;
  const open = (url = collector.url, headers: Record<string, string> = {}) => {
    const log = (_level: string, _message: string, fields = {}) => warnings.push(fields);
    return (delivery = new SpanDelivery({ url: `${url}/v1/traces`, headers }, { log, everyMs: 10 }));
  };
  const add = (count: number) => {
    const tracer = new BasicTracerProvider().getTracer('test');
    for (let index = 0; index < count; index += 1) delivery.add(tracer.startSpan('a') as unknown as ReadableSpan);
  };
  beforeEach(async () => {
    collector = await startOtlpDouble();
    warnings = [];
  });
  afterEach(async () => {
    await delivery.close(100);
    await collector.close();
  });

  it('counts what arrived', async () => {
    open();
    add(600);
    await expect.poll(() => delivery.counts).toEqual({ sent: 600, dropped: 0, failed: 0 });
    expect(collector.spans).toHaveLength(600);
    expect(collector.requests[0]?.headers['content-type']).toBe('application/x-protobuf');
  });

  it.each([
    ['refuses them', 400, /HTTP 400/],
    ['knows other keys', 401, /HTTP 401.*keys are wrong/],
  ])('counts what is lost when the collector %s, and says so once', async (_what, refuse, reason) => {
    collector.behaviour.refuse = refuse;
    open();
    for (let round = 1; round <= 3; round += 1) {
      add(2);
      await expect.poll(() => delivery.counts.failed).toBe(round * 2);
    }
    expect(warnings).toEqual([expect.objectContaining({ reason: expect.stringMatching(reason), lost: 2 })]);
  });

  it('keeps no more than a bounded number while nobody answers, and goes on at once', async () => {
    collector.behaviour.hang = true;
    open();
    add(5_000);
    expect(delivery.counts).toEqual({ sent: 0, dropped: 5_000 - 4_096, failed: 0 });
    await delivery.close(100);
    expect(delivery.counts).toEqual({ sent: 0, dropped: 904, failed: 4_096 });
  });

  it('sends what waits at the end of the process', async () => {
    open();
    add(3);
    await delivery.close(3_000);
    expect(delivery.counts).toEqual({ sent: 3, dropped: 0, failed: 0 });
  });

  it('gives up soon where nothing listens', async () => {
    open('http://127.0.0.1:9');
    add(3);
    await delivery.close(200);
    expect(delivery.counts).toEqual({ sent: 0, dropped: 0, failed: 3 });
  });
});

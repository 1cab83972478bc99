import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OtlpDouble, startOtlpDouble } from './otlp-double.ts';

const attributes = (values: Record<string, string | number>) =>
  Object.entries(values).map(([key, value]) => ({
    key,
    value: typeof value === 'string' ? { stringValue: value } : { doubleValue: value },
  }));
const aSpan = (fields: object = {}) => ({
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  name: 'llm_request',
  startTimeUnixNano: '1000000',
  endTimeUnixNano: '2000000',
  attributes: attributes({ 'gen_ai.request.model': 'asked', 'gen_ai.usage.cost': 0.1 }),
  ...fields,
});

describe('the double of Langfuse', () => {
  let double: OtlpDouble;
  beforeAll(async () => {
    double = await startOtlpDouble({ keys: 'pk:sk' });
  });
  afterAll(() => double.close());
  const send = async (spans: object[], headers: Record<string, string> = {}) => {
    const response = await fetch(`${double.url}/api/public/otel/v1/traces`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Basic ${btoa('pk:sk')}`, ...headers },
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ scope: { name: 'x' }, spans }] }] }),
    });
    return response.status;
  };

  it('takes JSON too, and shows the first attribute that is there', async () => {
    expect(await send([aSpan()])).toBe(200);
    expect(double.observations().at(-1)).toMatchObject({ type: 'GENERATION', model: 'asked', cost: 0.1 });
    const details = {
      'langfuse.observation.model.name': 'told',
      'gen_ai.response.model': 'served',
      'langfuse.observation.cost_details': '{"total":0.2}',
      'gen_ai.usage.cost': 0.1,
    };
    await send([aSpan({ attributes: attributes(details) })]);
    expect(double.observations().at(-1)).toMatchObject({ model: 'told', cost: 0.2 });
    await send([aSpan({ attributes: attributes({ ...details, 'gen_ai.operation.name': 'invoke_agent' }) })]);
    expect(double.observations().at(-1)).toMatchObject({ type: 'AGENT', model: undefined, cost: undefined });
  });

  it.each([
    ['a span with a short id', { spanId: 'b'.repeat(14) }],
    ['attributes that are no list', { attributes: {} }],
  ])('refuses a whole batch for %s', async (_what, fault) => {
    const before = double.spans.length;
    expect(await send([aSpan(), aSpan(fault)])).toBe(400);
    expect(double.spans).toHaveLength(before);
  });

  it('refuses other keys and other types', async () => {
    expect(await send([aSpan()], { Authorization: `Basic ${btoa('pk:other')}` })).toBe(401);
    expect(await send([aSpan()], { 'Content-Type': 'text/plain' })).toBe(400);
    expect(await send([aSpan()], { 'x-langfuse-ingestion-version': '5' })).toBe(400);
  });
});

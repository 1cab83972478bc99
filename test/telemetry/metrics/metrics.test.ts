import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { type Measurement, MeasurementRelay } from '../../../src/telemetry/metrics/measurement-relay.ts';
import { metricTable } from '../../../src/telemetry/metrics/metric-table.ts';
import { Metrics } from '../../../src/telemetry/metrics/metrics.ts';
import { toolPath } from '../../setup/tools.ts';
import { readSamples } from './read-samples.ts';

const ended = { direction: 'web', agent: 'receptionist', outcome: 'completed' };
const spent = { kind: 'llm', provider: 'openrouter-llm', model: 'a-model' };

/** A call process and its end of the wire; what it sends is copied, as the wire does. */
function callProcess(host: Metrics) {
  const relay = new MeasurementRelay();
  relay.sendTo((measurements) =>
    (structuredClone(measurements) as Measurement[]).forEach((measurement) => host.record(measurement)),
  );
  return relay;
}

describe('the metrics of a host', () => {
  it('add up what its call processes measured, and lose nothing when one of them dies and another takes its place', async () => {
    const host = new Metrics({ version: '1.2.3' });
    const first = callProcess(host);
    const second = callProcess(host);
    first.count('parley_calls_total', ended);
    first.count('parley_cost_usd_total', spent, 0.25);
    second.count('parley_calls_total', ended);
    second.observe('parley_turn_latency_seconds', { stage: 'e2e', pipeline: 'cloud' }, 0.6);
    first.flush();
    second.flush();
    const before = readSamples(await host.text());
    // The first is never heard of again; its successor begins from nothing.
    const successor = callProcess(host);
    successor.count('parley_calls_total', ended);
    successor.flush();
    const after = readSamples(await host.text());
    expect(before.value('parley_calls_total', ended)).toBe(2);
    expect(after.value('parley_calls_total', ended)).toBe(3);
    expect(after.value('parley_cost_usd_total', spent)).toBe(0.25);
    for (const { name, labels, value } of before.samples)
      expect(after.value(name, labels)).toBeGreaterThanOrEqual(value);
    expect(after.value('parley_turn_latency_seconds_bucket', { stage: 'e2e', pipeline: 'cloud', le: '0.5' })).toBe(0);
    expect(after.value('parley_turn_latency_seconds_bucket', { stage: 'e2e', pipeline: 'cloud', le: '0.75' })).toBe(1);
  });

  it('are sent as steps: what was sent once is not sent again', () => {
    const relay = new MeasurementRelay();
    const sent: Measurement[][] = [];
    relay.sendTo((measurements) => sent.push(measurements));
    for (let count = 0; count < 1000; count += 1)
      relay.count('parley_tts_characters_total', { provider: 'p', model: 'm' });
    relay.flush();
    relay.flush();
    relay.count('parley_tts_characters_total', { provider: 'p', model: 'm' }, 5);
    relay.close();
    expect(sent.flat().map(({ value }) => value)).toEqual([1000, 5]);
  });

  it('never go back, whatever nonsense is reported', async () => {
    const host = new Metrics({ version: '1' });
    host.count('parley_cost_usd_total', spent, 1);
    for (const value of [-5, Number.NaN, Number.POSITIVE_INFINITY]) host.count('parley_cost_usd_total', spent, value);
    host.record({ name: 'parley_made_up_total' as never, labels: {}, value: 1 });
    expect(readSamples(await host.text()).value('parley_cost_usd_total', spent)).toBe(1);
  });

  it('do not grow without bound when a label does', async () => {
    const host = new Metrics({ version: '1' });
    for (let model = 0; model < 3000; model += 1)
      host.count('parley_cost_usd_total', { ...spent, model: `model-${model}` }, 1);
    const { samples } = readSamples(await host.text());
    const costs = samples.filter(({ name }) => name === 'parley_cost_usd_total');
    expect(costs.length).toBeLessThanOrEqual(500);
    expect(costs.reduce((sum, { value }) => sum + value, 0)).toBe(3000);
  });

  it('tell a gauge as it is at the scrape, and leave out one that fails', async () => {
    const host = new Metrics({ version: '1' });
    let active = 2;
    const end = host.gauge('parley_calls_active', () => [{ labels: { agent: 'receptionist' }, value: active }]);
    host.gauge('parley_spend_day_usd', () => {
      throw new Error('the database is away');
    });
    const read = async () => readSamples(await host.text());
    expect((await read()).value('parley_calls_active', { agent: 'receptionist' })).toBe(2);
    active = 0;
    expect((await read()).value('parley_calls_active', { agent: 'receptionist' })).toBe(0);
    expect((await read()).value('parley_build_info', { version: '1' })).toBe(1);
    end();
    expect((await read()).samples.some(({ name }) => name === 'parley_calls_active')).toBe(false);
  });

  const promtool = toolPath('promtool');
  it.skipIf(!promtool)('have names, units and a format that promtool accepts', async () => {
    const host = new Metrics({ version: '1' });
    for (const [name, { kind, labels }] of Object.entries(metricTable)) {
      const given = Object.fromEntries(labels.map((label) => [label, 'a "quoted" \\ value\nof two lines']));
      if (kind === 'gauge') host.gauge(name as never, () => [{ labels: given as never, value: 1.5 }]);
      else host.record({ name: name as never, labels: given, value: 1.5 });
    }
    const text = await host.text();
    for (const name of Object.keys(metricTable))
      expect(text).toMatch(new RegExp(`^${name}(_bucket)?\\{|^${name} `, 'm'));
    // It ends with another code than 0, and says why, when something is against the rules.
    execFileSync(promtool!, ['check', 'metrics'], { input: text });
  });
});

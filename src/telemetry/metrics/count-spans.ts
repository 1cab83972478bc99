import type { Telemetry } from '../telemetry.ts';
import type { MeasurementRelay } from './measurement-relay.ts';

const results = ['sent', 'dropped', 'failed'] as const;

/** Counts what became of the spans of this process whenever its measurements are sent. */
export function countSpans(telemetry: Pick<Telemetry, 'telemetryLoss'>, measurements: MeasurementRelay): void {
  const told = { sent: 0, dropped: 0, failed: 0 };
  for (const result of results) measurements.count('parley_telemetry_spans_total', { result }, 0);
  measurements.beforeSending(() => {
    const now = telemetry.telemetryLoss();
    for (const result of results) {
      if (now[result] > told[result])
        measurements.count('parley_telemetry_spans_total', { result }, now[result] - told[result]);
      told[result] = now[result];
    }
  });
}

/** Spread of a measure; all null when nothing was measured (`n` 0). */
export type Distribution = {
  n: number;
  min: number | null;
  p50: number | null;
  p90: number | null;
  p95: number | null;
  max: number | null;
};

/** Percentiles by nearest rank, rounded to a tenth. */
export function distribution(values: readonly number[]): Distribution {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = (share: number): number | null => {
    const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
    return value === undefined ? null : Math.round(value * 10) / 10;
  };
  return { n: sorted.length, min: rank(0), p50: rank(0.5), p90: rank(0.9), p95: rank(0.95), max: rank(1) };
}

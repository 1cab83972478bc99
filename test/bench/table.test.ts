import { describe, expect, it } from 'vitest';
import { overBudget, table } from '../../bench/table.ts';

describe('the table of the benchmarks', () => {
  it('shows both systems side by side with the budget and whether it is kept', () => {
    const lines = table(
      { memory_per_call_mb: 6.1, turn_ms_p50: 640 },
      { memory_per_call_mb: 120, loaded_calls_answered: 0 },
    ).split('\n');
    expect(lines[2]).toMatch(/^memory_per_call_mb +6\.1 +120 +≤ 8 +kept$/);
    expect(lines[3]).toMatch(/^turn_ms_p50 +640 *$/);
    expect(lines[4]).toMatch(/^loaded_calls_answered +0 +≥ 10 *$/);
  });

  it('names what is over its budget, and what had one and could not be measured', () => {
    const figures = {
      cpu_per_call_percent: 7.1,
      barge_in_ms_p50: null,
      greeting_ms_p50: 200,
      loaded_calls_answered: 9,
    };
    expect(overBudget(figures)).toEqual(['cpu_per_call_percent', 'barge_in_ms_p50', 'loaded_calls_answered']);
  });
});

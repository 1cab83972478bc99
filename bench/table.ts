import type { Figures } from './scenario.ts';

/** What each figure may be at most; `ten` calls must all be answered. */
const budgets: Record<string, { limit: number; least?: true }> = {
  memory_per_call_mb: { limit: 8 },
  cpu_per_call_percent: { limit: 5 },
  turn_over_provider_sum_ms_p50: { limit: 0 },
  turn_over_provider_sum_10_calls_ms_p50: { limit: 0 },
  greeting_ms_p50: { limit: 200 },
  greeting_ms_p95: { limit: 400 },
  barge_in_ms_p50: { limit: 250 },
  barge_in_ms_p95: { limit: 400 },
  cloud_turn_ms_p50: { limit: 500 },
  cloud_turn_ms_p95: { limit: 900 },
  turn_over_floor_ms_p50: { limit: 20 },
  turn_over_floor_10_calls_ms_p50: { limit: 20 },
  tail_turn_p95_by_p50: { limit: 1.4 },
  first_text_held_ms_max: { limit: 150 },
  lan_cpu_per_call_percent: { limit: 7 },
  failover_ms_max: { limit: 3000 },
  failovers_not_whole: { limit: 0 },
  dispatch_ms_p95: { limit: 20 },
  dispatch_errors: { limit: 0 },
  dispatch_dialling_ms_p95: { limit: 200 },
  dispatch_burst_errors: { limit: 0 },
  dispatch_burst_outcomes_false: { limit: 0 },
  dispatch_burst_300_errors: { limit: 0 },
  dispatch_burst_300_lost: { limit: 0 },
  dispatch_burst_300_outcomes_false: { limit: 0 },
  dispatch_burst_300_double_dials: { limit: 0 },
  inbound_burst_answered: { limit: 8, least: true },
  inbound_burst_silence_ms_max: { limit: 1_000 },
  stall_survived: { limit: 6, least: true },
  threads_after_100_calls: { limit: 0 },
  dispatch_burst_lost: { limit: 0 },
  dispatch_double_dials: { limit: 0 },
  phone_greeting_ms_p50: { limit: 200 },
  phone_greeting_ms_p95: { limit: 400 },
  sql_statements_per_call: { limit: 25 },
  webhook_delivery_ms_p99: { limit: 1_000 },
  webhook_deliveries_missing: { limit: 0 },
  sql_statements_per_campaign_call: { limit: 25 },
  knowledge_ms_p95: { limit: 30 },
  million_list_ms_max: { limit: 50 },
  million_overview_day_ms: { limit: 100 },
  million_overview_week_ms: { limit: 100 },
  million_overview_month_ms: { limit: 100 },
  million_overview_quarter_ms: { limit: 100 },
  million_analytics_over_100_ms: { limit: 0 },
  tool_turn_overhead_ms_p50: { limit: 30 },
  tool_effects_lost: { limit: 0 },
  tool_effects_doubled: { limit: 0 },
  before_answer_added_ms: { limit: 0 },
  reader_sentence_ms: { limit: 0.2 },
  many_calls_memory_growth_percent: { limit: 2 },
  thousand_calls_memory_growth_percent: { limit: 2 },
  hour_call_memory_growth_percent: { limit: 2 },
  loaded_calls_answered: { limit: 10, least: true },
};

/** The figures of both systems side by side, with the budget and whether it is kept. */
export function table(parley: Figures, baseline: Figures): string {
  const rows = [...new Set([...Object.keys(parley), ...Object.keys(baseline)])].map((name) => {
    const value = parley[name];
    const budget = budgets[name];
    return [
      name,
      show(value),
      show(baseline[name]),
      budget ? `${budget.least ? '≥' : '≤'} ${budget.limit}` : '',
      verdict(value, budget),
    ];
  });
  const head = ['measure', 'parley', 'stock AgentServer', 'budget', ''];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}

/** Names of the figures that are worse than their budget, or could not be measured. */
export function overBudget(figures: Figures): string[] {
  return Object.entries(figures)
    .filter(([name, value]) => verdict(value, budgets[name]) === 'over')
    .map(([name]) => name);
}

function verdict(value: number | null | undefined, budget: { limit: number; least?: true } | undefined): string {
  if (!budget || value === undefined) return '';
  if (value === null) return 'over';
  return (budget.least ? value >= budget.limit : value <= budget.limit) ? 'kept' : 'over';
}

function show(value: number | null | undefined): string {
  return value === undefined ? '' : value === null ? '–' : String(value);
}

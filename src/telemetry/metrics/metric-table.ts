/**
 * Every metric there is: its kind, what it says, its labels. `docs/metrics.md`, the dashboards and the alerts are tested
 * against this table. Names and units follow Prometheus: base units, counters that end in `_total`. A label takes values from
 * a list that the operator or the program bounds, never from a call, a phone number or a person.
 */
const counter = <const L extends readonly string[]>(about: string, labels: L, from: Source) =>
  ({ kind: 'counter', about, labels, from }) as const;
const gauge = <const L extends readonly string[]>(about: string, labels: L, from: Source) =>
  ({ kind: 'gauge', about, labels, from }) as const;
const histogram = <const L extends readonly string[]>(
  about: string,
  labels: L,
  { from, buckets }: { from: Source; buckets: readonly number[] },
) => ({ kind: 'histogram', about, labels, from, buckets }) as const;

/** Which process tells it; `up` is both. */
type Source = 'serve' | 'worker' | 'both';

/** Seconds. */
const latencyBuckets = [0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10];
const setupBuckets = [0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 15, 20, 30, 45, 60];
const durationBuckets = [5, 10, 20, 30, 60, 120, 180, 300, 600, 900, 1800, 3600];

export const metricTable = {
  parley_build_info: gauge('Always 1; says which version runs.', ['version'], 'both'),
  parley_calls_total: counter(
    'Calls that ended, by whichever process wrote the end.',
    ['direction', 'agent', 'outcome'],
    'both',
  ),
  parley_call_duration_seconds: histogram('Answer to end of the calls that were answered.', ['direction'], {
    from: 'both',
    buckets: durationBuckets,
  }),
  parley_calls_active: gauge('Calls that are in their room now.', ['agent'], 'worker'),
  parley_call_setup_duration_seconds: histogram(
    'Assignment of a call to its answer: until the agent can be heard, and for outbound calls until the phone is picked up.',
    ['direction'],
    { from: 'worker', buckets: setupBuckets },
  ),
  parley_greeting_latency_seconds: histogram("Answer to the first sample of the agent's greeting.", ['direction'], {
    from: 'worker',
    buckets: latencyBuckets,
  }),
  parley_turn_latency_seconds: histogram(
    "Where the time of an answer went. `e2e`: the caller's last sound to the agent's first sample sent; `stt`: to the final transcript; `end_of_turn`: to the decision that the turn is over; `llm_ttft`: request to first token; `tts_ttfb`: text to first sound.",
    ['stage', 'pipeline'],
    { from: 'worker', buckets: latencyBuckets },
  ),
  parley_provider_requests_total: counter(
    'Uses of a provider that came to an end: an answer, a spoken text, an audio stream that was understood (`ok`), or a failure (`error`).',
    ['provider', 'kind', 'status'],
    'worker',
  ),
  parley_provider_errors_total: counter(
    'Failures of a provider, by error code.',
    ['provider', 'kind', 'reason'],
    'worker',
  ),
  parley_hedged_requests_total: counter(
    'Requests made because a model or a voice was late: `won` if they were the first to speak, `lost` if the late one was, `cancelled` if nobody waited any more.',
    ['provider', 'kind', 'result'],
    'worker',
  ),
  parley_hedged_cost_usd_total: counter(
    'What those requests cost, USD; it is a part of `parley_cost_usd_total`.',
    ['kind', 'provider'],
    'worker',
  ),
  parley_provider_up: gauge(
    '0 while the calls of this host go around the provider, 1 once it served again; absent until the first failure.',
    ['provider'],
    'worker',
  ),
  parley_cost_usd_total: counter('What the uses of providers cost, USD.', ['kind', 'provider', 'model'], 'worker'),
  parley_tokens_total: counter(
    'Tokens of language models; those of the prompt include the cached ones, which are also counted apart.',
    ['type', 'provider', 'model'],
    'worker',
  ),
  parley_tts_characters_total: counter('Characters given to voices.', ['provider', 'model'], 'worker'),
  parley_stt_audio_seconds_total: counter('Audio given to recognisers.', ['provider', 'model'], 'worker'),
  parley_worker_capacity_calls: gauge('Calls that this worker could run at once.', [], 'worker'),
  parley_worker_reserved_calls: gauge('Places of it that are taken: calls that run, and calls promised.', [], 'worker'),
  parley_worker_refused_calls_total: counter(
    'Offers of LiveKit that this worker refused because it was full; another worker may have taken the call.',
    [],
    'worker',
  ),
  parley_worker_draining: gauge('1 while the worker takes no new calls and lets its calls finish.', [], 'worker'),
  parley_worker_connected: gauge('1 while the worker is registered with LiveKit.', [], 'worker'),
  parley_worker_call_processes: gauge('Call processes that take calls.', [], 'worker'),
  parley_worker_call_process_deaths_total: counter('Call processes that died or were killed.', [], 'worker'),
  parley_queue_calls: gauge(
    'Calls of the whole installation that are not over, by state; every `serve` reports the same.',
    ['state'],
    'serve',
  ),
  parley_webhook_deliveries_total: counter(
    'Attempts to deliver a webhook: `delivered`, `retry`, or `dead` when it is given up.',
    ['result'],
    'serve',
  ),
  parley_webhook_pending_deliveries: gauge(
    'Deliveries that wait for their first or next attempt; every `serve` reports the same.',
    [],
    'serve',
  ),
  parley_webhook_overdue_seconds: gauge(
    'How long the delivery that waits longest is overdue; every `serve` reports the same.',
    [],
    'serve',
  ),
  parley_spend_day_usd: gauge(
    'What the tenant that spent most spent in the last 24 hours, USD; every `serve` reports the same.',
    [],
    'serve',
  ),
  parley_spend_day_limit_usd: gauge(
    'PARLEY_SPEND_PER_DAY_USD: where calls of a tenant begin to be blocked.',
    [],
    'serve',
  ),
  parley_campaigns: gauge(
    'Campaigns that have not ended, by state; every `serve` reports the same.',
    ['state'],
    'serve',
  ),
  parley_campaign_recipients: gauge(
    'People of the running campaigns: `waiting` for a call, or `calling`; every `serve` reports the same.',
    ['state'],
    'serve',
  ),
  parley_campaign_overdue_seconds: gauge(
    'How late the job of a campaign is that is latest; every `serve` reports the same.',
    [],
    'serve',
  ),
  parley_campaign_pauses_total: counter('Campaigns that paused by themselves, by reason.', ['reason'], 'serve'),
  parley_dependency_up: gauge(
    'Whether what this process needs can be reached: `postgres`, `livekit`, `redis`.',
    ['dependency'],
    'both',
  ),
  parley_telemetry_spans_total: counter(
    'Spans for OpenTelemetry: `sent`, `dropped` because too many waited, `failed` because they were refused.',
    ['result'],
    'worker',
  ),
  parley_event_loop_lag_seconds: gauge(
    'How late the event loop was at worst, but for one percent, in the last seconds; for `call` the worst call process.',
    ['process'],
    'both',
  ),
  parley_event_loop_blocked_total: counter(
    'Times that the event loop was blocked for 200 ms or longer, by the newest request that was being answered; `none` without one.',
    ['route'],
    'serve',
  ),
  parley_process_resident_memory_bytes: gauge(
    'Resident memory; for `call` the sum of the call processes.',
    ['process'],
    'both',
  ),
} as const;

type Table = typeof metricTable;
export type MetricName = keyof Table;
type OfKind<K> = { [N in MetricName]: Table[N]['kind'] extends K ? N : never }[MetricName];
export type CounterName = OfKind<'counter'>;
export type HistogramName = OfKind<'histogram'>;
export type GaugeName = OfKind<'gauge'>;
export type Labels<N extends MetricName> = Record<Table[N]['labels'][number], string>;

/** Where the parts of the program say what they counted and measured. Never throws. */
export type Measurements = {
  /** @param by Default 1. */
  count<N extends CounterName>(name: N, labels: Labels<N>, by?: number): void;
  observe<N extends HistogramName>(name: N, labels: Labels<N>, value: number): void;
};

import type { ProviderUsage } from '../../../pipelines/index.ts';
import { outcomes } from '../../calls/call-state.ts';
import type { Call, TurnLatency } from '../../calls/call.ts';
import type { Measurements } from '../../telemetry/metrics/metric-table.ts';
import type { Price } from '../../telemetry/usage-attributes.ts';

const stages = {
  endOfTurnMs: 'end_of_turn',
  sttMs: 'stt',
  llmFirstTokenMs: 'llm_ttft',
  ttsFirstAudioMs: 'tts_ttfb',
  totalMs: 'e2e',
} as const satisfies Record<keyof TurnLatency, string>;

/** What one call tells the metrics, from the moment it was assigned. A call that was taken over is greeted and set up once. */
export class CallFigures {
  readonly #call: Call;
  readonly #measurements: Measurements;
  readonly #begunMs = performance.now();
  #answered = false;

  constructor(call: Call, measurements: Measurements) {
    this.#call = call;
    this.#measurements = measurements;
    const { direction, agent } = call;
    // So that the first end of its kind is seen as a rise.
    for (const outcome of outcomes) measurements.count('parley_calls_total', { direction, agent, outcome }, 0);
  }

  /** Not for a call that an earlier session had answered. */
  answered(): void {
    this.#answered = true;
    const { direction } = this.#call;
    const seconds = (performance.now() - this.#begunMs) / 1000;
    this.#measurements.observe('parley_call_setup_duration_seconds', { direction }, seconds);
  }

  /** @param milliseconds Answer → the agent's first sample sent, where it was heard */
  greeted(milliseconds: number | undefined): void {
    if (milliseconds === undefined || !this.#answered) return;
    const { direction } = this.#call;
    this.#measurements.observe('parley_greeting_latency_seconds', { direction }, milliseconds / 1000);
  }

  /** Where the time of one answer went. */
  turn(latency: TurnLatency): void {
    const { pipeline } = this.#call;
    for (const [field, stage] of Object.entries(stages)) {
      const milliseconds = latency[field as keyof TurnLatency];
      if (milliseconds !== undefined)
        this.#measurements.observe('parley_turn_latency_seconds', { stage, pipeline }, milliseconds / 1000);
    }
  }

  /** A use of a provider, and what it cost. */
  used({ role: kind, provider, model, unit, quantity, tokens, hedged }: ProviderUsage, { usd }: Price): void {
    const count = this.#measurements.count.bind(this.#measurements);
    count('parley_cost_usd_total', { kind, provider, model }, Number(usd));
    if (hedged) count('parley_hedged_cost_usd_total', { kind, provider }, Number(usd));
    if (unit === 'character') count('parley_tts_characters_total', { provider, model }, quantity);
    else if (unit === 'audio_second') count('parley_stt_audio_seconds_total', { provider, model }, quantity);
    else {
      const { prompt = quantity, cachedPrompt = 0, completion = 0 } = tokens ?? {};
      for (const [type, tokenCount] of Object.entries({ prompt, cached_prompt: cachedPrompt, completion }))
        count('parley_tokens_total', { type, provider, model }, tokenCount);
    }
  }
}

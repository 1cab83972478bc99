import type { TurnLatency } from '../call.ts';

export const latencyFields = [
  'end_of_turn_ms',
  'stt_ms',
  'llm_first_token_ms',
  'tts_first_audio_ms',
  'total_ms',
] as const;
export type LatencyField = (typeof latencyFields)[number];

/** The stages of an answer under their public names. A stage that was not measured is absent. */
export function latencyJson<T>(latency: { [Stage in keyof TurnLatency]?: T }): { [Field in LatencyField]?: T } {
  const { endOfTurnMs, sttMs, llmFirstTokenMs, ttsFirstAudioMs, totalMs } = latency;
  return {
    ...(endOfTurnMs !== undefined && { end_of_turn_ms: endOfTurnMs }),
    ...(sttMs !== undefined && { stt_ms: sttMs }),
    ...(llmFirstTokenMs !== undefined && { llm_first_token_ms: llmFirstTokenMs }),
    ...(ttsFirstAudioMs !== undefined && { tts_first_audio_ms: ttsFirstAudioMs }),
    ...(totalMs !== undefined && { total_ms: totalMs }),
  };
}

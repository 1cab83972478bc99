/**
 * @param {any} turn As the API writes it.
 * @returns {import('./transcript.js').Turn}
 */
export function turnOf(turn) {
  const latency = turn.latency;
  return {
    index: turn.index,
    role: turn.role,
    text: turn.text,
    startedMs: turn.started_ms,
    interrupted: turn.interrupted,
    latency: latency && {
      endOfTurnMs: latency.end_of_turn_ms ?? undefined,
      sttMs: latency.stt_ms ?? undefined,
      llmFirstTokenMs: latency.llm_first_token_ms ?? undefined,
      ttsFirstAudioMs: latency.tts_first_audio_ms ?? undefined,
      totalMs: latency.total_ms ?? undefined,
    },
  };
}

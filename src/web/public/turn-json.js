/**
 * @param {any} turn As the API and the events write it.
 * @returns {import('./transcript.js').Turn}
 */
export function turnOf(turn) {
  return {
    index: turn.index,
    role: turn.role,
    text: turn.text,
    startedMs: turn.started_ms,
    interrupted: turn.interrupted,
    latency: turn.latency && latencyOf(turn.latency),
  };
}

/**
 * @param {any} latency As the API and the events write it.
 * @returns {import('./waterfall-spans.js').Latency}
 */
export function latencyOf(latency) {
  return {
    endOfTurnMs: latency.end_of_turn_ms ?? undefined,
    sttMs: latency.stt_ms ?? undefined,
    llmFirstTokenMs: latency.llm_first_token_ms ?? undefined,
    ttsFirstAudioMs: latency.tts_first_audio_ms ?? undefined,
    totalMs: latency.total_ms ?? undefined,
  };
}

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
    endedMs: turn.ended_ms,
    interrupted: turn.interrupted,
    latency: turn.latency && latencyOf(turn.latency),
    ending: turn.ending && endingOf(turn.ending),
  };
}

/**
 * @param {any} ending As the API and the events write it.
 * @returns {import('./turn-ending.js').Ending}
 */
function endingOf(ending) {
  return {
    by: ending.by,
    silenceMs: ending.silence_ms,
    expected: ending.expected,
    probability: ending.probability ?? undefined,
    noiseFloorDbfs: ending.noise_floor_dbfs ?? undefined,
    talkedOnMs: ending.talked_on_ms ?? undefined,
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

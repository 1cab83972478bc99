/**
 * Milliseconds per stage of one answer. `endOfTurnMs` and `sttMs` both begin when the caller falls silent; `totalMs` runs
 * from there to the agent's first sample sent.
 *
 * @typedef {object} Latency
 * @property {number} [endOfTurnMs]
 * @property {number} [sttMs]
 * @property {number} [llmFirstTokenMs]
 * @property {number} [ttsFirstAudioMs]
 * @property {number} [totalMs]
 *
 * @typedef {object} Span
 * @property {'turn' | 'stt' | 'llm' | 'tts' | 'heard'} stage
 * @property {string} label
 * @property {number} startMs Since the caller fell silent.
 * @property {number} endMs
 */

/**
 * Where the time of one answer went. The model and the voice are placed back from the moment the answer was sent, so a
 * model that started before the turn was over is seen to overlap with it.
 *
 * @param {Latency} latency
 * @param {number} [heardMs] Measured in the browser: caller's last sound to agent's first.
 * @returns {{ spans: Span[], totalMs: number }} Stages that were not measured are absent.
 */
export function waterfallSpans(latency, heardMs) {
  const { endOfTurnMs, sttMs, llmFirstTokenMs, ttsFirstAudioMs } = latency;
  const decidedMs = Math.max(endOfTurnMs ?? 0, sttMs ?? 0);
  const sentMs = latency.totalMs ?? decidedMs + (llmFirstTokenMs ?? 0) + (ttsFirstAudioMs ?? 0);
  const voiceMs = Math.max(0, sentMs - (ttsFirstAudioMs ?? 0));

  /** @type {Span[]} */
  const spans = [];
  if (sttMs !== undefined) spans.push({ stage: 'stt', label: 'Recognition', startMs: 0, endMs: sttMs });
  if (endOfTurnMs !== undefined) spans.push({ stage: 'turn', label: 'End of turn', startMs: 0, endMs: endOfTurnMs });
  if (llmFirstTokenMs !== undefined) {
    const startMs = Math.max(0, voiceMs - llmFirstTokenMs);
    spans.push({ stage: 'llm', label: 'Language model', startMs, endMs: startMs + llmFirstTokenMs });
  }
  if (ttsFirstAudioMs !== undefined) {
    spans.push({ stage: 'tts', label: 'Voice', startMs: voiceMs, endMs: voiceMs + ttsFirstAudioMs });
  }
  if (heardMs !== undefined) {
    spans.push({ stage: 'heard', label: 'To your ear', startMs: Math.min(sentMs, heardMs), endMs: heardMs });
  }
  return { spans, totalMs: heardMs ?? sentMs };
}

/**
 * Where a scale is marked: round numbers of milliseconds, two to five of them, not so near the end that one is cut off.
 *
 * @param {number} endMs
 * @returns {number[]} From 0 on.
 */
export function ticks(endMs) {
  const power = 10 ** Math.floor(Math.log10(endMs / 2));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => endMs / each <= 4) ?? endMs;
  const all = [];
  for (let ms = 0; ms <= endMs * 0.9; ms += step) all.push(ms);
  return all;
}

/**
 * Where in a turn which words were spoken: nobody told the time of each word, so they are taken to be spoken evenly.
 *
 * @typedef {import('../conversation/transcript.js').Turn} Turn
 */

/**
 * @param {readonly Turn[]} turns
 * @param {number} ms Since the answer of the call.
 * @returns {Turn | undefined} The turn that is spoken then; of two at once the one that began last.
 */
export function turnAt(turns, ms) {
  return turns.findLast(
    ({ startedMs, endedMs }) => startedMs !== undefined && startedMs <= ms && ms < (endedMs ?? startedMs) + 200,
  );
}

/**
 * @param {Turn} turn
 * @param {number} ms Since the answer of the call.
 * @returns {number} Characters of its text that were spoken by then, up to the end of a word.
 */
export function spokenOffset({ text, startedMs = 0, endedMs = startedMs }, ms) {
  const share = endedMs > startedMs ? (ms - startedMs) / (endedMs - startedMs) : 1;
  const offset = Math.round(Math.min(1, Math.max(0, share)) * text.length);
  const rest = text.slice(offset).search(/\s/);
  return rest < 0 ? text.length : offset + rest;
}

/**
 * @param {Turn} turn
 * @param {number} offset Of a character of its text.
 * @returns {number} When its word began, milliseconds since the answer of the call.
 */
export function timeOfOffset({ text, startedMs = 0, endedMs = startedMs }, offset) {
  const word = text.slice(0, offset).lastIndexOf(' ') + 1;
  return startedMs + (text.length > 0 ? (word / text.length) * (endedMs - startedMs) : 0);
}

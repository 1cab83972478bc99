/**
 * @param {number} ms Milliseconds.
 * @returns {string} `1:05`, or `1:02:05` from an hour on.
 */
export function clock(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (/** @type {number} */ value) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/**
 * @param {number} ms Milliseconds.
 * @returns {string} `840 ms`, or `1.24 s` from a second on.
 */
export function span(ms) {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

/**
 * @param {string | number | null | undefined} usd Exact decimal text.
 * @returns {string} `free`, `$0.0042`, `$1.20`, or a dash when unknown.
 */
export function money(usd) {
  if (usd === null || usd === undefined || usd === '') return '–';
  const value = Number(usd);
  if (value === 0) return 'free';
  return value < 0.01 ? `$${value.toPrecision(2)}` : `$${value.toFixed(value < 1 ? 4 : 2)}`;
}

/**
 * @param {string} iso A time in ISO 8601.
 * @returns {string} In the reader's language and zone.
 */
export function when(iso) {
  const date = new Date(iso);
  const today = new Date().toDateString() === date.toDateString();
  return today
    ? date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' })
    : date.toLocaleString(undefined, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
}

/**
 * @param {string | null | undefined} code A code such as `agent_goodbye`.
 * @returns {string} `agent goodbye`.
 */
export function words(code) {
  return (code ?? '').replaceAll(/[._-]/g, ' ');
}

/**
 * @param {number} number
 * @param {string} noun In the singular; its plural ends in s.
 * @returns {string} `1 call`, `1,204 calls`.
 */
export function count(number, noun) {
  return `${number.toLocaleString()} ${noun}${number === 1 ? '' : 's'}`;
}

/**
 * @param {number | null | undefined} share 0–1.
 * @returns {string} `84 %`, or a dash when unknown.
 */
export function percent(share) {
  if (share === null || share === undefined) return '–';
  const value = share * 100;
  return `${value > 0 && value < 1 ? '< 1' : Math.round(value)} %`;
}

/**
 * @param {number} seconds
 * @returns {string} `48 s`, `12 min` or `3.4 h`.
 */
export function duration(seconds) {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/**
 * @param {string} iso A time in ISO 8601.
 * @param {number} seconds How long it stands for: from a day on without the clock.
 */
export function whenExactly(iso, seconds) {
  const date = new Date(iso);
  return seconds >= 86_400
    ? date.toLocaleDateString(undefined, { day: 'numeric', month: 'short' })
    : date.toLocaleString(undefined, {
        day: 'numeric',
        month: 'short',
        hour: '2-digit',
        minute: '2-digit',
      });
}

/**
 * @param {string | null | undefined} iso
 * @returns {string} In the reader's language and zone, or a dash.
 */
export function moment(iso) {
  return iso ? new Date(iso).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' }) : '–';
}

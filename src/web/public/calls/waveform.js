const namespace = 'http://www.w3.org/2000/svg';
/** Columns that the sound is told in, whatever its length. */
export const columns = 600;
const height = 100;

/**
 * The loudest moment of each column.
 *
 * @param {Float32Array} samples
 * @returns {Float32Array} 0 to 1.
 */
export function peaksOf(samples) {
  const peaks = new Float32Array(columns);
  for (let column = 0; column < columns; column += 1) {
    const from = Math.floor((column * samples.length) / columns);
    const to = Math.floor(((column + 1) * samples.length) / columns);
    for (let at = from; at < to; at += 1) peaks[column] = Math.max(peaks[column] ?? 0, Math.abs(samples[at] ?? 0));
  }
  return peaks;
}

/**
 * Both sides over the time: the caller above the line, the agent below it.
 *
 * @returns {{ root: SVGSVGElement, draw: (caller: Float32Array, agent: Float32Array) => void, move: (share: number) => void }}
 *   `move` sets the cursor, 0 to 1.
 */
export function createWaveform() {
  const root = svg('svg', { viewBox: `0 0 ${columns} ${height}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' });
  root.classList.add('waveform');
  const caller = svg('path', { class: 'caller' });
  const agent = svg('path', { class: 'agent' });
  const cursor = svg('line', { class: 'cursor', y1: '0', y2: String(height), 'vector-effect': 'non-scaling-stroke' });
  root.append(caller, agent, cursor);
  return {
    root: /** @type {SVGSVGElement} */ (root),
    draw(callerPeaks, agentPeaks) {
      caller.setAttribute('d', outline(callerPeaks, -1));
      agent.setAttribute('d', outline(agentPeaks, 1));
    },
    move(share) {
      const at = String(share * columns);
      cursor.setAttribute('x1', at);
      cursor.setAttribute('x2', at);
    },
  };
}

/**
 * @param {Float32Array} peaks
 * @param {1 | -1} direction Down or up.
 */
function outline(peaks, direction) {
  const middle = height / 2;
  const points = Array.from(peaks, (peak, column) => {
    // What is quiet is still to be seen.
    const y = middle + direction * Math.max(0.4, Math.sqrt(peak) * (middle - 2));
    return `${column},${y.toFixed(1)} ${column + 1},${y.toFixed(1)}`;
  });
  return `M0,${middle} L${points.join(' ')} L${columns},${middle} Z`;
}

/**
 * @param {string} tag
 * @param {Record<string, string>} attributes
 */
function svg(tag, attributes) {
  const node = document.createElementNS(namespace, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

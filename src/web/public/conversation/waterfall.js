import { element } from '../parts/element.js';
import { span } from '../parts/format.js';
import { ticks, waterfallSpans } from './waterfall-spans.js';

/**
 * The waterfall of one answer as a table: a row per stage with its bar, its length, and when it began.
 *
 * @param {import('./waterfall-spans.js').Latency} latency
 * @param {number} [heardMs] Measured in the browser.
 * @returns {HTMLElement}
 */
export function waterfallTable(latency, heardMs) {
  const { spans, totalMs } = waterfallSpans(latency, heardMs);
  const endMs = Math.max(totalMs, ...spans.map((each) => each.endMs), 1);
  const rows = spans.map((each) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, each.label),
      element('td.bar-cell', { 'aria-hidden': 'true' }, lane(each, endMs)),
      element(
        'td.number',
        { title: `from ${span(each.startMs)} to ${span(each.endMs)}` },
        span(each.endMs - each.startMs),
        element('span.visually-hidden', {}, `, from ${span(each.startMs)} on`),
      ),
    ),
  );
  return element(
    'table.waterfall',
    {},
    element('caption.visually-hidden', {}, 'Where the time of this answer went, from your last sound on'),
    element('thead', { 'aria-hidden': 'true' }, element('tr', {}, element('td'), scale(endMs), element('td'))),
    element('tbody', {}, ...rows),
    element(
      'tfoot',
      {},
      element(
        'tr',
        {},
        element('th', { scope: 'row', colspan: '2' }, heardMs === undefined ? 'Answer sent after' : 'Heard after'),
        element('td.number', {}, span(totalMs)),
      ),
    ),
  );
}

/**
 * The same on one line, to be compared with the other answers: its width follows `--scale-ms` of an ancestor.
 *
 * @param {import('./waterfall-spans.js').Latency} latency
 * @param {number} [heardMs] Measured in the browser.
 * @returns {HTMLElement} Hidden from assistive technology; the table tells it in words.
 */
export function waterfallLine(latency, heardMs) {
  const { spans, totalMs } = waterfallSpans(latency, heardMs);
  const line = element('span.waterfall-line', { 'aria-hidden': 'true' }, ...spans.map((each) => lane(each, totalMs)));
  line.style.setProperty('--ms', String(totalMs));
  return line;
}

/** @param {number} endMs Of the longest lane. */
function scale(endMs) {
  const cell = element('td.bar-cell.scale');
  for (const tickMs of ticks(endMs)) {
    const tick = element('span.tick', {}, span(tickMs));
    tick.style.left = `${(tickMs / endMs) * 100}%`;
    cell.append(tick);
  }
  return cell;
}

/**
 * @param {import('./waterfall-spans.js').Span} each
 * @param {number} scaleMs
 */
function lane(each, scaleMs) {
  const bar = element(`span.lane.stage-${each.stage}`);
  bar.style.left = `${(each.startMs / scaleMs) * 100}%`;
  bar.style.width = `${((each.endMs - each.startMs) / scaleMs) * 100}%`;
  return bar;
}

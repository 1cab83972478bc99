import { element } from '../parts/element.js';
import { clock, span } from '../parts/format.js';
import { endingText } from './turn-ending.js';
import { waterfallLine, waterfallTable } from './waterfall.js';
import { waterfallSpans } from './waterfall-spans.js';

/**
 * @typedef {object} Turn A finished utterance. Times are milliseconds since the call was answered.
 * @property {number} index
 * @property {'caller' | 'agent' | 'supervisor'} role
 * @property {string} text
 * @property {number | undefined} [startedMs]
 * @property {number | undefined} [endedMs]
 * @property {boolean | undefined} [interrupted]
 * @property {import('./waterfall-spans.js').Latency | undefined} [latency]
 * @property {import('./turn-ending.js').Ending | undefined} [ending] Of the caller's turns.
 */

/** The narrowest scale of the lines: answers under a second keep comparable widths. */
const leastScaleMs = 1500;
const speakers = { caller: 'Caller', agent: 'Agent', supervisor: 'Supervisor' };
/** A reader this close to the end is reading the end. */
const nearPx = 80;
const marginPx = 24;

/**
 * What both sides said, in the order of the turns, with what is being said right now beneath. Finished turns are announced
 * to assistive technology; half-heard words are not, for they change many times a second.
 *
 * @param {HTMLElement} root
 * @param {{ live: boolean, emptyHint?: string }} options
 */
export function createTranscript(root, { live, emptyHint }) {
  const list = element('ol.turns', { 'aria-label': live ? null : 'What was said' });
  const heardSoFar = live
    ? element(
        'div',
        { role: 'log', 'aria-label': 'What was said', 'aria-live': 'polite', 'aria-relevant': 'additions' },
        list,
      )
    : list;
  const partials = { caller: partialLine('caller'), agent: partialLine('agent') };
  const hint = element('p.empty', {}, emptyHint ?? 'Nothing was said.');
  root.replaceChildren(hint, heardSoFar, partials.caller, partials.agent);

  /** @type {Map<number, { item: HTMLElement, turn: Turn }>} */
  const shown = new Map();
  /** @type {Map<number, number>} */
  const heard = new Map();
  let longestMs = leastScaleMs;

  /** @param {() => void} change Keeps the newest words in view, unless the reader scrolled back. */
  function keepingUp(change) {
    const isBoxAtEnd = root.scrollHeight - root.scrollTop - root.clientHeight < nearPx;
    const isEndInView = root.getBoundingClientRect().bottom - window.innerHeight < nearPx;
    change();
    if (!live || root.closest('[hidden]')) return;
    if (isBoxAtEnd) root.scrollTop = root.scrollHeight;
    const beyondPx = root.getBoundingClientRect().bottom + marginPx - window.innerHeight;
    if (isEndInView && beyondPx > 0) window.scrollBy(0, beyondPx);
  }

  /** @param {number} index */
  function render(index) {
    const entry = shown.get(index);
    if (!entry) return;
    const { item, turn } = entry;
    item.replaceChildren(
      element(
        'p.who',
        {},
        speakers[turn.role],
        turn.startedMs === undefined ? '' : element('span.at', {}, ` ${clock(turn.startedMs)}`),
      ),
      element('p.said', {}, turn.text, turn.interrupted ? element('span.cut', {}, ' — cut off') : ''),
      ...(turn.ending ? [element('p.ending', {}, endingText(turn.ending))] : []),
      ...(turn.latency ? [answerTime(turn.latency, heard.get(index))] : []),
    );
  }

  /**
   * @param {import('./waterfall-spans.js').Latency} latency
   * @param {number | undefined} heardMs
   */
  function answerTime(latency, heardMs) {
    const { totalMs } = waterfallSpans(latency, heardMs);
    longestMs = Math.max(longestMs, totalMs);
    root.style.setProperty('--scale-ms', String(longestMs));
    return element(
      'details.answer-time',
      {},
      element(
        'summary',
        {},
        waterfallLine(latency, heardMs),
        element('span', {}, `${heardMs === undefined ? 'answered' : 'heard'} after ${span(totalMs)}`),
      ),
      waterfallTable(latency, heardMs),
    );
  }

  return {
    /** @param {Turn} turn Replaces what was shown under its index. */
    turn(turn) {
      keepingUp(() => {
        hint.hidden = true;
        if (turn.role !== 'supervisor') setPartial(partials[turn.role], '');
        const known = shown.get(turn.index);
        if (known) known.turn = turn;
        else {
          const item = element(`li.turn.${turn.role}`, { 'data-index': turn.index });
          const later = [...shown.keys()].filter((index) => index > turn.index).toSorted((a, b) => a - b)[0];
          shown.set(turn.index, { item, turn });
          render(turn.index);
          list.insertBefore(item, later === undefined ? null : (shown.get(later)?.item ?? null));
          return;
        }
        render(turn.index);
      });
    },
    /**
     * @param {'caller' | 'agent'} role
     * @param {string} text What is being said right now; empty to take it away.
     */
    partial(role, text) {
      keepingUp(() => {
        if (text !== '') hint.hidden = true;
        setPartial(partials[role], text);
      });
    },
    /**
     * @param {number} index Of a turn of the agent.
     * @param {number} heardMs Measured in the browser.
     */
    heard(index, heardMs) {
      heard.set(index, heardMs);
      keepingUp(() => render(index));
    },
  };
}

/** @param {'caller' | 'agent'} role */
function partialLine(role) {
  return element(`p.turn.partial.${role}`, { hidden: true, 'data-partial': role });
}

/**
 * @param {HTMLElement} line
 * @param {string} text
 */
function setPartial(line, text) {
  line.hidden = text === '';
  line.textContent = text;
}

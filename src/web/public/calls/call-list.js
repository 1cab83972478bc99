import { ApiError } from '../shell/api.js';
import { createCallFilters } from './call-filters.js';
import { byId, element } from '../parts/element.js';
import { clock, money, when, words } from '../parts/format.js';
import { createRefresh } from '../parts/refresh.js';

const pageSize = 25;
/** The API gives at most this many calls at once. */
const mostAtOnce = 200;
/** Somebody is, or may soon be, on the line. */
const runningStates = 'dispatching,dialing,ringing,in_progress';
const refreshMs = { running: 2000, idle: 8000 };

/**
 * The list of calls, those that run on top, then the newest first, kept fresh while it is shown.
 *
 * @param {import('../shell/api.js').Api} api
 */
export function createCallList(api) {
  const list = byId('calls');
  const more = /** @type {HTMLButtonElement} */ (byId('more-calls'));
  /** @type {Map<string, { item: HTMLElement, json: string }>} */
  const shown = new Map();
  /** @type {string | null} */
  let chosenId = null;
  let wanted = pageSize;
  const exported = byId('export-calls');
  const filters = createCallFilters(() => {
    wanted = pageSize;
    showExport();
    keepInAddress();
    refresh.start();
  });

  /** So that a list can be kept as a bookmark, and sent to somebody. */
  function keepInAddress() {
    if (!/^#\/calls(\?|$)/.test(location.hash)) return;
    const query = new URLSearchParams(filters.chosen()).toString();
    history.replaceState(null, '', `#/calls${query && `?${query}`}`);
  }

  function showExport() {
    exported.setAttribute('href', `/api/calls/export?${new URLSearchParams(filters.current())}`);
  }
  showExport();

  /** @param {any[]} calls */
  function render(calls) {
    const ids = new Set(calls.map(({ call_id }) => call_id));
    for (const [id, { item }] of shown) {
      if (ids.has(id)) continue;
      item.remove();
      shown.delete(id);
    }
    for (const [position, call] of calls.entries()) {
      const json = JSON.stringify([call, lengthOf(call)]);
      let entry = shown.get(call.call_id);
      if (!entry) {
        entry = { item: element('li'), json: '' };
        shown.set(call.call_id, entry);
      }
      if (entry.json !== json) {
        entry.json = json;
        const focused = entry.item.contains(document.activeElement);
        entry.item.replaceChildren(row(call, call.call_id === chosenId));
        if (focused) entry.item.querySelector('a')?.focus();
      }
      if (list.children[position] !== entry.item) list.insertBefore(entry.item, list.children[position] ?? null);
    }
    const isFiltered = Object.keys(filters.current()).length > 0;
    byId('calls-empty').hidden = calls.length > 0 || isFiltered;
    byId('calls-none').hidden = calls.length > 0 || !isFiltered;
  }

  const refresh = createRefresh(async (signal) => {
    try {
      const { calls, next_cursor } = await pages(signal);
      byId('calls-notices').replaceChildren();
      render(calls);
      more.hidden = !next_cursor;
      return calls.some(isRunning) ? refreshMs.running : refreshMs.idle;
    } catch (error) {
      if (!signal.aborted) {
        const text = error instanceof Error ? error.message : String(error);
        byId('calls-notices').replaceChildren(element('p.notice.bad', { role: 'alert' }, text));
      }
      // Who has just declined to give a key is not asked again by the clock.
      if (error instanceof ApiError && error.code === 'no_key') refresh.stop();
      return refreshMs.idle;
    } finally {
      more.disabled = false;
    }
  });

  /** @param {AbortSignal} signal Those that run, and then as many as are asked for, over as many pages as that takes. */
  async function pages(signal) {
    const chosen = filters.current();
    const running = chosen['status']
      ? []
      : (await api.calls({ limit: mostAtOnce, filters: { ...chosen, status: runningStates }, signal })).calls;
    const isRunningOne = new Set(running.map((/** @type {any} */ call) => call.call_id));
    /** @type {any[]} */
    const calls = [];
    /** @type {string | null} */
    let cursor = null;
    do {
      const limit = Math.min(mostAtOnce, wanted - calls.length);
      const page = await api.calls({ limit, cursor, filters: chosen, signal });
      calls.push(...page.calls);
      cursor = page.next_cursor ?? null;
    } while (cursor !== null && calls.length < wanted);
    const others = calls.filter(({ call_id: id }) => !isRunningOne.has(id));
    return { calls: [...running, ...others], next_cursor: cursor };
  }

  more.addEventListener('click', () => {
    more.disabled = true;
    wanted += pageSize;
    refresh.start();
  });

  return {
    /** @param {URLSearchParams} query Of the address: it is what is chosen from then on. */
    filter(query) {
      filters.set(query);
    },
    /**
     * @param {boolean} visible
     * @param {string | null} callId The call that is being read.
     */
    show(visible, callId) {
      chosenId = callId;
      for (const [id, { item }] of shown) {
        const link = item.querySelector('a');
        if (id === chosenId) link?.setAttribute('aria-current', 'true');
        else link?.removeAttribute('aria-current');
      }
      if (!visible) return refresh.stop();
      keepInAddress();
      refresh.start();
    },
  };
}

/** @param {any} call */
export function isRunning(call) {
  return call.status !== 'ended';
}

/**
 * @param {any} call
 * @returns {HTMLElement} What became of it, or where it stands.
 */
export function statusChip(call) {
  if (isRunning(call)) return element('span.chip', { 'data-tone': 'live' }, words(call.status));
  const tone = call.outcome === 'completed' ? 'calm' : call.outcome === 'failed' ? 'bad' : 'busy';
  return element('span.chip', { 'data-tone': tone }, words(call.outcome));
}

/**
 * @param {any} call
 * @param {boolean} isChosen
 */
function row(call, isChosen) {
  return element(
    'a.call-row',
    { href: `#/calls/${encodeURIComponent(call.call_id)}`, 'aria-current': isChosen ? 'true' : null },
    element('span.call-who', {}, element('strong', {}, call.agent), ` ${withWhom(call)}`),
    element('time.call-when', { datetime: call.created_at }, when(call.created_at)),
    element('span.call-what', {}, statusChip(call)),
    element(
      'span.call-sums',
      {},
      element('span.visually-hidden', {}, 'length '),
      lengthOf(call),
      element('span.visually-hidden', {}, ', cost '),
      element('span.call-cost', {}, costOf(call)),
    ),
  );
}

/**
 * @param {any} call
 * @returns {string} From the answer to the end, or to now.
 */
export function lengthOf(call) {
  if (!call.answered_at) return '–';
  return clock(call.duration_ms ?? Date.now() - Date.parse(call.answered_at));
}

/**
 * @param {any} call
 * @returns {string}
 */
export function costOf(call) {
  return isRunning(call) && Number(call.cost_usd) === 0 ? '–' : money(call.cost_usd);
}

/**
 * @param {any} call
 * @returns {string}
 */
export function withWhom(call) {
  if (call.direction === 'web') return 'in the browser';
  return `${call.direction === 'inbound' ? 'from' : 'to'} ${call.phone_number ?? 'an unknown number'}`;
}

import { ApiError } from '../shell/api.js';
import { createCallFilters } from './call-filters.js';
import { byId, element } from '../parts/element.js';
import { clock, money, when, words } from '../parts/format.js';
import { createRefresh } from '../parts/refresh.js';
import { createCallPages } from './call-pages.js';
import { createSavedViews } from './saved-views.js';

const firstCalls = 50;
/** The API gives at most this many calls at once. */
const mostAtOnce = 200;
/** Older calls are fetched before their place comes into view. */
const aheadPx = 1200;
/** Somebody is, or may soon be, on the line. */
const runningStates = 'dispatching,dialing,ringing,in_progress';
const refreshMs = { running: 2000, idle: 8000 };

/**
 * The list of calls, those that run on top, then the newest first, kept fresh while it is shown.
 *
 * @param {import('../shell/views.js').Context} context
 */
export function createCallList({ api, session }) {
  const list = byId('calls');
  const more = /** @type {HTMLButtonElement} */ (byId('more-calls'));
  /** @type {Map<string, { item: HTMLElement, call: any, json: string }>} */
  const shown = new Map();
  /** @type {string | null} */
  let chosenId = null;
  let pages = createCallPages();
  let wantsOlder = false;
  const exported = byId('export-calls');
  const filters = createCallFilters(() => {
    pages = createCallPages();
    showExport();
    keepInAddress();
    saved.show();
    refresh.start();
  });
  const saved = createSavedViews(session, filters.chosen);

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
    let place = list.firstElementChild;
    for (const call of calls) {
      const item = itemOf(call);
      if (place === item) place = place.nextElementSibling;
      else list.insertBefore(item, place);
    }
    const isFiltered = Object.keys(filters.current()).length > 0;
    byId('calls-empty').hidden = calls.length > 0 || isFiltered;
    byId('calls-none').hidden = calls.length > 0 || !isFiltered;
  }

  /** @param {any} call */
  function itemOf(call) {
    const entry = shown.get(call.call_id) ?? { item: element('li'), call: null, json: '' };
    // Of thousands only those are looked at that the server has just told, or that grow longer.
    if (entry.call === call && !(isRunning(call) && call.answered_at)) return entry.item;
    entry.call = call;
    shown.set(call.call_id, entry);
    const json = JSON.stringify([call, lengthOf(call)]);
    if (entry.json === json) return entry.item;
    entry.json = json;
    const focused = entry.item.contains(document.activeElement);
    entry.item.replaceChildren(row(call, call.call_id === chosenId));
    if (focused) entry.item.querySelector('a')?.focus();
    return entry.item;
  }

  const refresh = createRefresh(async (signal) => {
    try {
      const calls = await fetchCalls(signal);
      byId('calls-notices').replaceChildren();
      render(calls);
      more.hidden = !pages.hasMore();
      // Still near the end: the observer tells only that it came near.
      observeAgain();
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

  /** @param {AbortSignal} signal Those that run, the newest, and of the older ones a page that is wanted, or one that is known. */
  async function fetchCalls(signal) {
    const mine = pages;
    const chosen = filters.current();
    const runs = chosen['status']
      ? { calls: [] }
      : api.calls({ limit: mostAtOnce, filters: { ...chosen, status: runningStates }, signal });
    const place = (wantsOlder && mine.older()) || mine.inTurn();
    const [running, top, page] = await Promise.all([
      runs,
      api.calls({ limit: firstCalls, filters: chosen, signal }),
      place && api.calls({ limit: mostAtOnce, cursor: place.cursor, filters: chosen, signal }),
    ]);
    mine.putTop(top);
    if (place) mine.putAt(place, page);
    wantsOlder = false;
    const isRunningOne = new Set(running.calls.map((/** @type {any} */ call) => call.call_id));
    return [...running.calls, ...mine.calls().filter(({ call_id: id }) => !isRunningOne.has(id))];
  }

  more.addEventListener('click', () => {
    more.disabled = true;
    wantsOlder = true;
    refresh.start();
  });
  const nearEnd = new IntersectionObserver(
    ([end]) => {
      if (end?.isIntersecting && !more.disabled) more.click();
    },
    // At a desk the list scrolls by itself, on a phone with the page.
    { rootMargin: `${aheadPx}px`, scrollMargin: `${aheadPx}px` },
  );
  function observeAgain() {
    nearEnd.unobserve(more);
    nearEnd.observe(more);
  }

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
      saved.show();
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

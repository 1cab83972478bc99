/**
 * @typedef {{ call_id: string, created_at: string }} Listed
 * @typedef {{ calls: any[], next_cursor: string | null }} Answer A page of the API.
 * @typedef {{ cursor: string, after: Listed }} Place Where a page begins.
 */

/**
 * The calls that are known of a list, newest first and without a gap. Each answer of the server replaces what was known of its stretch,
 * so that the list can be thousands of calls long, and a refresh asks for two pages of it.
 */
export function createCallPages() {
  /** @type {any[]} */
  let calls = [];
  /** @type {string | null} */
  let next = null;
  /** @type {Place[]} */
  let places = [];
  let turn = 0;

  /**
   * @param {Listed | null} after The call before the stretch; null: it begins at the top.
   * @param {Answer} answer
   */
  function put(after, answer) {
    const last = answer.calls.at(-1);
    const reachesKnown = answer.next_cursor === null || calls[0] === undefined || !isNewer(last, calls[0]);
    // More calls than a page has came since: what is known lies beyond a gap.
    if (after === null && !reachesKnown) {
      calls = [];
      places = [];
    }
    const from = after === null ? 0 : placeAfter(calls, after);
    const to = answer.next_cursor === null || !last ? calls.length : placeAfter(calls, last);
    calls.splice(from, to - from, ...answer.calls);
    if (!last || calls.at(-1) === last) next = answer.next_cursor;
  }

  return {
    calls: () => calls,
    hasMore: () => next !== null,
    /** @param {Answer} answer The newest calls. */
    putTop: (answer) => put(null, answer),
    /** @returns {Place | null} Of the next older page. */
    older() {
      const after = calls.at(-1);
      return next === null || !after ? null : { cursor: next, after };
    },
    /** @returns {Place | null} Of an older page that is known already, another one each time, to be asked for again. */
    inTurn: () => places[turn++ % Math.max(1, places.length)] ?? null,
    /**
     * @param {Place} place
     * @param {Answer} answer
     */
    putAt(place, answer) {
      // The list may have begun anew meanwhile.
      if (!calls.some(({ call_id: id }) => id === place.after.call_id)) return;
      if (!places.some(({ cursor }) => cursor === place.cursor)) places.push(place);
      put(place.after, answer);
    },
  };
}

/**
 * In the order of the API: by the time, then by the id.
 *
 * @param {Listed | undefined} one
 * @param {Listed} other
 */
function isNewer(one, other) {
  if (!one) return false;
  if (one.created_at !== other.created_at) return one.created_at > other.created_at;
  return one.call_id > other.call_id;
}

/**
 * @param {Listed[]} calls
 * @param {Listed} call
 * @returns {number} The place of the first that is older.
 */
function placeAfter(calls, call) {
  let [from, to] = [0, calls.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const each = calls[middle];
    if (each && isNewer(call, each)) to = middle;
    else from = middle + 1;
  }
  return from;
}

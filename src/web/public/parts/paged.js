import { element } from './element.js';
import { createNotice } from './notice.js';

/**
 * A list that is fetched page by page.
 *
 * @template Row
 * @param {object} options
 * @param {(cursor: string | null) => Promise<{ rows: Row[], next: string | null }>} options.fetch
 * @param {(rows: Row[]) => Node} options.render All that was fetched so far.
 * @param {string} options.empty Said when there is nothing.
 */
export function createPaged({ fetch, render, empty }) {
  const notice = createNotice();
  const body = element('div');
  const more = /** @type {HTMLButtonElement} */ (element('button.more-rows', { type: 'button', hidden: true }, 'More'));
  /** @type {Row[]} */
  let rows = [];
  /** @type {string | null} */
  let next = null;
  let asked = 0;

  /** @param {boolean} anew */
  async function load(anew) {
    asked += 1;
    const mine = asked;
    more.disabled = true;
    try {
      const page = await fetch(anew ? null : next);
      if (mine !== asked) return;
      rows = anew ? page.rows : [...rows, ...page.rows];
      next = page.next;
      notice.clear();
      body.replaceChildren(rows.length === 0 ? element('p.empty', {}, empty) : render(rows));
      more.hidden = next === null;
    } catch (error) {
      if (mine === asked) notice.fail(error);
    } finally {
      more.disabled = false;
    }
  }
  more.addEventListener('click', () => void load(false));
  return { root: element('div', {}, notice.root, body, more), load: () => load(true) };
}

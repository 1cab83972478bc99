import { byId, element } from '../parts/element.js';

/** @typedef {{ name: string, query: string }} SavedView */

/**
 * Filters that somebody gave a name, as links above the list. They are kept in this browser, apart for each key, since numbers and words
 * of calls are in them.
 *
 * @param {import('../shell/session.js').Session} session
 * @param {() => Record<string, string>} chosen What the list is filtered by.
 */
export function createSavedViews(session, chosen) {
  const root = byId('saved-views');
  const name = /** @type {HTMLInputElement} */ (
    element('input', {
      'aria-label': 'Name of the view',
      placeholder: 'Name of the view',
      maxlength: 60,
      required: true,
    })
  );
  const form = element(
    'form.save-view',
    { 'aria-label': 'Save this view' },
    name,
    element('button', {}, 'Save this view'),
  );

  /** @returns {string | null} Null: nobody is signed in. */
  function place() {
    const current = session.current();
    return current && `parley.call-views.${current.key_id}`;
  }

  /** @returns {SavedView[]} */
  function read() {
    const key = place();
    try {
      const kept = key === null ? [] : JSON.parse(localStorage.getItem(key) ?? '[]');
      return Array.isArray(kept) ? kept : [];
    } catch {
      return [];
    }
  }

  /** @param {SavedView[]} views */
  function keep(views) {
    const key = place();
    if (key !== null) localStorage.setItem(key, JSON.stringify(views));
    show();
  }

  function show() {
    const query = new URLSearchParams(chosen()).toString();
    const views = read();
    root.replaceChildren(
      ...(views.length === 0
        ? []
        : [element('ul.views', { 'aria-label': 'Saved views' }, ...views.map((each) => item(each, query)))]),
      ...(query === '' || views.some((each) => each.query === query) ? [] : [form]),
    );
  }

  /**
   * @param {SavedView} view
   * @param {string} query
   */
  function item(view, query) {
    const forget = element(
      'button.quiet',
      { type: 'button', 'aria-label': `Forget ${view.name}`, title: 'Forget' },
      '×',
    );
    forget.addEventListener('click', () => keep(read().filter((each) => each.name !== view.name)));
    const isShown = view.query === query;
    return element(
      'li',
      {},
      element('a', { href: `#/calls?${view.query}`, 'aria-current': isShown ? 'true' : null }, view.name),
      forget,
    );
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const given = name.value.trim();
    if (given === '') return;
    name.value = '';
    const query = new URLSearchParams(chosen()).toString();
    keep([...read().filter((each) => each.name !== given), { name: given, query }]);
  });
  session.onChange(show);
  return { show };
}

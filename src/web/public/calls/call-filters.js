import { byId, element } from '../parts/element.js';

const storageKey = 'parley.call-filters';

/** What the API filters by: its name, and what may be chosen; text where nothing is listed. */
const choices = /** @type {const} */ ([
  ['q', 'Words that were said', null],
  ['status', 'Status', ['scheduled', 'queued', 'dispatching', 'dialing', 'ringing', 'in_progress', 'ended']],
  [
    'outcome',
    'Outcome',
    [
      'completed',
      'busy',
      'no_answer',
      'declined',
      'invalid_number',
      'unreachable',
      'machine',
      'canceled',
      'blocked',
      'failed',
      'unknown',
    ],
  ],
  ['direction', 'Direction', ['inbound', 'outbound', 'web']],
  ['end_reason', 'End reason', null],
  ['agent', 'Name of the agent', null],
  ['phone_number', 'Number, E.164', null],
  ['created_after', 'From', 'date'],
  ['created_before', 'Before', 'date'],
]);

/** @typedef {Record<string, string>} Filters Parameters of the API. */

/**
 * The form above the list of calls; what is chosen is kept in this tab.
 *
 * @param {() => void} onChange
 * @returns {{ current: () => Filters, chosen: () => Filters, set: (given: URLSearchParams) => void }} `chosen`: as they are in the form and
 *   in the address.
 */
export function createCallFilters(onChange) {
  const form = /** @type {HTMLFormElement} */ (byId('call-filters'));
  /** @type {Filters} */
  let chosen = JSON.parse(sessionStorage.getItem(storageKey) ?? '{}');
  const fields = choices.map(([name, label, kind]) => {
    const field =
      typeof kind === 'object' && kind !== null
        ? element(
            'select',
            { name },
            element('option', { value: '' }, 'any'),
            ...kind.map((value) => element('option', { value }, value.replaceAll('_', ' '))),
          )
        : element('input', { name, type: kind ?? 'search', autocomplete: 'off' });
    /** @type {HTMLInputElement | HTMLSelectElement} */ (field).value = chosen[name] ?? '';
    return element('label', {}, label, field);
  });
  const clear = element('button.quiet', { type: 'reset' }, 'Clear');
  form.append(...fields, clear);
  const summary = byId('call-filters-summary');

  function show() {
    const count = Object.keys(chosen).length;
    summary.textContent = count === 0 ? 'Filter' : `Filter: ${count}`;
  }

  function read() {
    const given = /** @type {[string, string][]} */ ([...new FormData(form)]);
    chosen = Object.fromEntries(given.map(([name, value]) => [name, value.trim()]).filter(([, value]) => value !== ''));
    sessionStorage.setItem(storageKey, JSON.stringify(chosen));
    show();
    onChange();
  }

  form.addEventListener('change', read);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    read();
  });
  // The fields are empty only after the event.
  form.addEventListener('reset', () => setTimeout(read));
  show();
  return {
    /** Takes these in place of what was chosen. */
    set(given) {
      for (const [name] of choices) {
        const chosenField = /** @type {HTMLInputElement | HTMLSelectElement} */ (form.elements.namedItem(name));
        chosenField.value = given.get(name) ?? '';
      }
      read();
    },
    chosen: () => chosen,
    current: () =>
      Object.fromEntries(
        Object.entries(chosen).map(([name, value]) => [
          name,
          name.startsWith('created_') ? new Date(`${value}T00:00`).toISOString() : value,
        ]),
      ),
  };
}

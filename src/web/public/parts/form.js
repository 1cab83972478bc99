import { element } from './element.js';

let fields = 0;

/** @typedef {ReturnType<typeof valuesOf>} Values */

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */

/**
 * A control under its label, with a hint that belongs to it.
 *
 * @param {string} label
 * @param {HTMLElement} control
 * @param {string} [hint]
 */
export function field(label, control, hint) {
  fields += 1;
  const id = `field-${fields}`;
  control.id = id;
  if (hint) control.setAttribute('aria-describedby', `${id}-hint`);
  return element(
    'div.field',
    {},
    element('label', { for: id }, label),
    control,
    ...(hint ? [element('p.hint', { id: `${id}-hint` }, hint)] : []),
  );
}

/**
 * @param {string} name
 * @param {Record<string, string | number | boolean | null | undefined>} [attributes]
 */
export function input(name, attributes = {}) {
  return /** @type {HTMLInputElement} */ (element('input', { name, autocomplete: 'off', ...attributes }));
}

/**
 * @param {string} name
 * @param {Record<string, string | number | boolean>} [attributes]
 */
export function textarea(name, attributes = {}) {
  return /** @type {HTMLTextAreaElement} */ (element('textarea', { name, rows: 3, ...attributes }));
}

/**
 * @param {string} name
 * @param {readonly (string | readonly [value: string, label: string])[]} options
 */
export function select(name, options) {
  return /** @type {HTMLSelectElement} */ (
    element(
      'select',
      { name },
      ...options.map((each) => {
        const [value, label] = typeof each === 'string' ? [each, each.replaceAll('_', ' ')] : each;
        return element('option', { value }, label);
      }),
    )
  );
}

/**
 * @param {string} name Of the whole group, in the values as a list.
 * @param {string} legend
 * @param {readonly string[]} options
 * @param {readonly string[]} [checked]
 */
export function checks(name, legend, options, checked = []) {
  return element(
    'fieldset.checks',
    {},
    element('legend', {}, legend),
    ...options.map((value) =>
      element(
        'label.check',
        {},
        element('input', { type: 'checkbox', name, value, checked: checked.includes(value) }),
        value.replaceAll('_', ' '),
      ),
    ),
  );
}

/**
 * What was filled in, without what was left empty; texts are trimmed.
 *
 * @param {HTMLFormElement} form
 * @returns {{
 *   text: (name: string) => string | undefined,
 *   number: (name: string) => number | undefined,
 *   all: (name: string) => string[],
 *   named: (prefix: string) => Record<string, string>,
 * }} `named`: the texts of all fields whose names begin so, by the rest of the name.
 */
export function valuesOf(form) {
  const data = new FormData(form);
  const text = (/** @type {string} */ name) => {
    const value = data.get(name);
    return typeof value === 'string' ? value.trim() || undefined : undefined;
  };
  return {
    text,
    number: (name) => (text(name) === undefined ? undefined : Number(text(name))),
    all: (name) => data.getAll(name).filter((value) => typeof value === 'string'),
    named: (prefix) =>
      Object.fromEntries(
        [...data.keys()].flatMap((name) => {
          const value = name.startsWith(prefix) ? text(name) : undefined;
          return value === undefined ? [] : [[name.slice(prefix.length), value]];
        }),
      ),
  };
}

/**
 * A form whose buttons are locked while it is being sent.
 *
 * @param {{ label: string, send: (values: ReturnType<typeof valuesOf>, button: string) => Promise<unknown>, inline?: boolean }} options
 * @param {...(Node | string)} children
 */
export function form({ label, send, inline = false }, ...children) {
  const root = /** @type {HTMLFormElement} */ (
    element(inline ? 'form.inline' : 'form', { 'aria-label': label }, ...children)
  );
  root.addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
    const all = /** @type {HTMLButtonElement[]} */ ([...root.querySelectorAll('button')]);
    for (const each of all) each.disabled = true;
    try {
      await send(valuesOf(root), button?.value ?? '');
    } finally {
      for (const each of all) each.disabled = false;
    }
  });
  return root;
}

/**
 * Creates an element. Text is always set as text, so nothing a caller says can become markup.
 *
 * @param {string} selector A tag with optional classes, such as `p.hint`.
 * @param {Record<string, string | number | boolean | null | undefined>} [attributes] `true` sets an empty attribute;
 *   `false`, `null` and `undefined` set none.
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
export function element(selector, attributes = {}, ...children) {
  const [tag = 'div', ...classes] = selector.split('.');
  const node = document.createElement(tag);
  if (classes.length > 0) node.className = classes.join(' ');
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...children);
  return node;
}

/**
 * The element of the page with this id.
 *
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
export function byId(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`The page has no element #${id}.`);
  return /** @type {T} */ (node);
}

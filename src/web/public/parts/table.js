import { element } from './element.js';
import { moment } from './format.js';

/**
 * A table that scrolls by itself where it is wider than the page.
 *
 * @param {string} name
 * @param {string[]} columns An empty name: what can be done with the row.
 * @param {(string | Node)[][]} rows
 */
export function table(name, columns, rows) {
  return element(
    'div.scroll',
    { tabindex: '0', role: 'group', 'aria-label': name },
    element(
      'table.plain',
      {},
      element('caption.visually-hidden', {}, name),
      element('thead', {}, element('tr', {}, ...columns.map(columnHead))),
      element('tbody', {}, ...rows.map((cells) => element('tr', {}, ...cells.map((cell) => element('td', {}, cell))))),
    ),
  );
}

/**
 * A time that does not break.
 *
 * @param {string | null | undefined} iso
 */
export function at(iso) {
  return iso ? element('time', { datetime: iso }, moment(iso)) : '–';
}

/** @param {string} column */
function columnHead(column) {
  return element('th', { scope: 'col' }, column === '' ? element('span.visually-hidden', {}, 'Actions') : column);
}

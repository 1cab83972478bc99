import { element } from './element.js';

const svgNamespace = 'http://www.w3.org/2000/svg';

/**
 * @typedef {object} Series
 * @property {string} name
 * @property {string} tone A class that colours it.
 * @property {number[]} values One per column.
 */

/**
 * Stacked columns over time, with the same as a table for who does not see them. Sizes are percentages, so that the picture follows its
 * place without being drawn anew.
 *
 * @param {object} options
 * @param {string} options.title
 * @param {string[]} options.columns What each column is, in words.
 * @param {Series[]} options.series From the bottom up.
 * @param {(value: number) => string} options.format
 */
export function columnChart({ title, columns, series, format }) {
  const sums = columns.map((_, at) => series.reduce((sum, { values }) => sum + (values[at] ?? 0), 0));
  const top = Math.max(...sums, 0);
  const svg = svgElement('svg', { class: 'chart', role: 'img', 'aria-label': title });
  const width = 100 / columns.length;
  for (const line of [25, 50, 75])
    svg.append(svgElement('line', { class: 'grid', x1: '0%', x2: '100%', y1: `${line}%`, y2: `${line}%` }));
  for (const [at, name] of columns.entries()) {
    let below = 0;
    const column = svgElement('g', {});
    column.append(
      svgElement(
        'title',
        {},
        `${name}: ${series.map((each) => `${each.name} ${format(each.values[at] ?? 0)}`).join(', ')}`,
      ),
    );
    // The whole height can be pointed at.
    column.append(
      svgElement('rect', { class: 'column', x: `${at * width}%`, y: '0%', width: `${width}%`, height: '100%' }),
    );
    for (const { tone, values } of series) {
      const height = top === 0 ? 0 : ((values[at] ?? 0) / top) * 100;
      below += height;
      if (height === 0) continue;
      column.append(
        svgElement('rect', {
          class: tone,
          x: `${(at + 0.12) * width}%`,
          y: `${100 - below}%`,
          width: `${width * 0.76}%`,
          height: `${height}%`,
        }),
      );
    }
    svg.append(column);
  }
  const middle = columns[Math.floor(columns.length / 2)] ?? '';
  return element(
    'figure.figure',
    {},
    element(
      'figcaption',
      {},
      element('span.figure-title', {}, title),
      ...(series.length > 1
        ? series.map(({ name, tone }) =>
            element('span.legend', {}, element(`span.swatch.${tone}`, { 'aria-hidden': 'true' }), name),
          )
        : []),
    ),
    element('div.chart-top', { 'aria-hidden': 'true' }, format(top)),
    svg,
    element(
      'div.chart-scale',
      { 'aria-hidden': 'true' },
      element('span', {}, columns[0] ?? ''),
      element('span', {}, middle),
      element('span', {}, columns.at(-1) ?? ''),
    ),
    element(
      'div.visually-hidden',
      {},
      element(
        'table',
        {},
        element('caption', {}, title),
        element(
          'thead',
          {},
          element(
            'tr',
            {},
            element('th', { scope: 'col' }, 'Time'),
            ...series.map(({ name }) => element('th', { scope: 'col' }, name)),
          ),
        ),
        element(
          'tbody',
          {},
          ...columns.map((name, at) =>
            element(
              'tr',
              {},
              element('th', { scope: 'row' }, name),
              ...series.map(({ values }) => element('td', {}, format(values[at] ?? 0))),
            ),
          ),
        ),
      ),
    ),
  );
}

/**
 * A bar as long as its share.
 *
 * @param {number} share 0–1.
 * @param {string} tone
 */
export function bar(share, tone) {
  const inner = element(`span.bar-fill.${tone}`);
  inner.style.width = `${Math.max(0, Math.min(1, share)) * 100}%`;
  return element('span.bar', { 'aria-hidden': 'true' }, inner);
}

/**
 * @param {string} tag
 * @param {Record<string, string>} attributes
 * @param {string} [text]
 */
function svgElement(tag, attributes, text) {
  const node = document.createElementNS(svgNamespace, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text !== undefined) node.textContent = text;
  return node;
}

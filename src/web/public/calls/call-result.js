import { element } from '../parts/element.js';
import { words } from '../parts/format.js';

/**
 * What was found out about a call after its end, each value with the words that it rests on; nothing where the agent asks for nothing.
 *
 * @param {any} result
 */
export function resultParts(result) {
  if (!result) return [];
  const fields = Object.entries(result.fields).map(
    ([name, field]) => /** @type {const} */ ([words(name), said(field)]),
  );
  const rows = [...verdicts(result), ...fields];
  return [
    element('h3', {}, 'Result'),
    ...(result.summary ? [element('p', {}, result.summary)] : []),
    ...(result.error ? [element('p.notice.bad', {}, `It could not be found out: ${result.error}`)] : []),
    ...(rows.length > 0
      ? [
          element(
            'dl.facts',
            { 'aria-label': 'Result' },
            ...rows.flatMap(([term, value]) => [element('dt', {}, term), element('dd', {}, ...value)]),
          ),
        ]
      : []),
    element('p.hint', {}, filledBy(result)),
  ];
}

/** @param {any} result */
function verdicts({ success, success_reason: reason, sentiment }) {
  /** @type {(readonly [string, (Node | string)[]])[]} */
  const rows = [];
  if (success !== null) rows.push(['Success', [success ? 'Yes' : 'No', ...(reason ? [quoted(reason)] : [])]]);
  if (sentiment !== null) rows.push(['Mood', [sentiment]]);
  return rows;
}

/**
 * @param {any} field
 * @returns {(Node | string)[]}
 */
function said(field) {
  if (!field.said) return [element('span.hint', {}, 'Not said')];
  return [shown(field.value), ...(field.quote ? [quoted(`“${field.quote}”`)] : [])];
}

/**
 * @param {unknown} value
 * @returns {string}
 */
function shown(value) {
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (Array.isArray(value)) return value.map((each) => shown(each)).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** @param {string} text */
function quoted(text) {
  return element('div.hint', {}, text);
}

/** @param {any} result */
function filledBy({ by, model, refused }) {
  const who = by === 'model' ? `Found out by ${model}` : by === 'script' ? 'Filled by the script' : 'Nothing was said';
  return refused.length > 0 ? `${who}; what it said of ${refused.join(', ')} did not fit` : who;
}

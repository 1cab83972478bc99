import { firstRows } from './csv.js';
import { element } from './element.js';
import { field, input } from './form.js';
import { count } from './format.js';
import { createNotice } from './notice.js';
import { table } from './table.js';

const previewRows = 6;

/**
 * A CSV that is looked at before it is imported, and what came of each line.
 *
 * @param {object} options
 * @param {import('../shell/api.js').Api} options.api
 * @param {string} options.path
 * @param {string} options.example The header line.
 * @param {() => unknown} options.onDone
 * @param {number} [options.mostBytes] What the API takes.
 */
export function createImport({ api, path, example, onDone, mostBytes = 1_000_000 }) {
  const notice = createNotice();
  const preview = element('div');
  const file = input('file', { type: 'file', accept: '.csv,text/csv' });
  const start = /** @type {HTMLButtonElement} */ (
    element('button.primary', { type: 'button', hidden: true }, 'Import')
  );
  let text = '';

  file.addEventListener('change', async () => {
    notice.clear();
    preview.replaceChildren();
    start.hidden = true;
    const [chosen] = file.files ?? [];
    if (!chosen) return;
    if (chosen.size > mostBytes)
      return notice.fail(`The file is larger than ${mostBytes / 1e6} MB. Import it in parts.`);
    text = decoded(await chosen.arrayBuffer());
    const [head = [], ...rows] = firstRows(text, previewRows);
    const lines = text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== '').length - 1;
    preview.replaceChildren(
      table(
        'The first lines',
        head,
        rows.map((row) => head.map((_, at) => row[at] ?? '')),
      ),
      element('p.hint', {}, `${count(lines, 'line')} in all. Nothing is imported yet.`),
    );
    start.hidden = false;
    start.textContent = `Import ${count(lines, 'line')}`;
  });
  start.addEventListener('click', async () => {
    start.disabled = true;
    try {
      const answer = await api.request('POST', path, { csv: text });
      preview.replaceChildren();
      start.hidden = true;
      file.value = '';
      notice.root.replaceChildren(outcome(answer));
      await onDone();
    } catch (error) {
      notice.fail(error);
    } finally {
      start.disabled = false;
    }
  });
  return element(
    'details.part',
    {},
    element('summary', {}, 'Import CSV'),
    field('File', file, `With a header line such as ${example}.`),
    preview,
    start,
    notice.root,
  );
}

/** @param {any} answer Of any of the imports: each counts what it did, and lists what it rejected. */
function outcome(answer) {
  const rejections = answer.rejections ?? answer.rejected;
  const counts = /** @type {const} */ ([
    ['added', 'added'],
    ['created', 'created'],
    ['updated', 'updated'],
    ['known', 'there already'],
    ['duplicates', 'more than once'],
  ]);
  const said = counts.flatMap(([name, text]) => (answer[name] === undefined ? [] : [`${answer[name]} ${text}`]));
  return element(
    `div.notice${rejections.length > 0 ? '.warn' : ''}`,
    {},
    element('p', {}, `${[...said, `${answer.rejections ? answer.rejected : rejections.length} rejected`].join(', ')}.`),
    ...(rejections.length === 0
      ? []
      : [
          element(
            'ul',
            {},
            ...rejections
              .slice(0, 50)
              .map((/** @type {any} */ each) => element('li', {}, `Line ${each.line}: ${each.reason}`)),
          ),
        ]),
  );
}

/**
 * UTF-8 or UTF-16 by its mark; else Windows-1252, as spreadsheets write it.
 *
 * @param {ArrayBuffer} bytes
 */
function decoded(bytes) {
  const [first, second] = new Uint8Array(bytes);
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

import { element } from '../parts/element.js';
import { field, form, input } from '../parts/form.js';
import { createNotice } from '../parts/notice.js';
import { at, table } from '../parts/table.js';

const names = /** @type {const} */ (['audio_days', 'words_days', 'calls_days', 'leads_days']);

/**
 * After how many days recordings, words, calls and leads are deleted, and what was.
 *
 * @param {import('../shell/api.js').Api} api
 */
export function createRetention(api) {
  const notice = createNotice();
  const runs = element('div');
  const root = form(
    {
      label: 'Retention',
      async send({ number }) {
        const body = Object.fromEntries(names.map((name) => [name, number(name) ?? null]));
        try {
          show(await api.request('PUT', '/api/retention', { body }));
          notice.say('What is past its time is deleted within minutes.');
        } catch (error) {
          notice.fail(error);
        }
      },
    },
    element(
      'div.pair',
      {},
      field(
        'Recordings, days',
        input('audio_days', { type: 'number', min: 1, max: 36_500 }),
        'Empty: as long as the words.',
      ),
      field('Words, days', input('words_days', { type: 'number', min: 1, max: 36_500 }), 'Empty: for ever.'),
      field('Calls, days', input('calls_days', { type: 'number', min: 2, max: 36_500 }), 'Empty: for ever.'),
      field(
        'Leads, days',
        input('leads_days', { type: 'number', min: 1, max: 36_500 }),
        'Since they were last changed or called. Empty: for ever.',
      ),
    ),
    element('button', { type: 'submit' }, 'Save'),
  );

  /** @param {any} retention */
  function show(retention) {
    for (const name of names)
      /** @type {HTMLInputElement} */ (root.elements.namedItem(name)).value = String(retention[name] ?? '');
    runs.replaceChildren(
      ...(retention.runs.length === 0
        ? []
        : [
            table(
              'What was deleted',
              ['When', 'Recordings', 'Words of calls', 'Calls', 'Leads'],
              retention.runs.map((/** @type {any} */ run) => [
                at(run.at),
                String(run.recordings_deleted),
                String(run.words_erased),
                String(run.calls_deleted),
                String(run.leads_deleted),
              ]),
            ),
          ]),
    );
  }

  return {
    root: element('section.card', {}, element('h2', {}, 'Retention'), root, notice.root, runs),
    async load() {
      try {
        show(await api.get('/api/retention'));
        notice.clear();
      } catch (error) {
        notice.fail(error);
      }
    },
  };
}

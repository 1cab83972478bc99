import { element } from '../parts/element.js';
import { field, form, input } from '../parts/form.js';
import { words } from '../parts/format.js';
import { createImport } from '../parts/import-csv.js';
import { createNotice } from '../parts/notice.js';
import { createPaged } from '../parts/paged.js';
import { sureButton } from '../parts/sure-button.js';
import { at, table } from '../parts/table.js';

/**
 * The do-not-call list: look a number up, add and remove one, import and export.
 *
 * @param {import('../shell/views.js').Context} context
 */
export function createDoNotCall({ api, session }) {
  const notice = createNotice();
  const mayChange = session.may('leads:write');
  const list = createPaged({
    empty: 'No number is on the list.',
    async fetch(cursor) {
      const page = await api.get(`/api/do-not-call?${new URLSearchParams(cursor ? { cursor } : {})}`);
      return { rows: page.entries, next: page.next_cursor };
    },
    render: (/** @type {any[]} */ rows) =>
      table(
        'Do-not-call list',
        ['Number', 'Why', 'From', 'Since', ...(mayChange ? [''] : [])],
        rows.map((each) => [
          each.phone_number ?? 'erased',
          each.reason,
          words(each.source),
          at(each.created_at),
          ...(mayChange ? [each.phone_number ? removal(each.phone_number) : ''] : []),
        ]),
      ),
  });

  /** @param {string} number */
  function removal(number) {
    return sureButton(
      'Remove',
      'Call it again?',
      async () => {
        try {
          await api.request('DELETE', `/api/do-not-call/${encodeURIComponent(number)}`);
          notice.say(`${number} may be called again.`);
          await list.load();
        } catch (error) {
          notice.fail(error);
        }
      },
      number,
    );
  }

  const change = form(
    {
      label: 'Do not call a number',
      inline: true,
      async send({ text }, button) {
        const number = text('phone_number') ?? '';
        try {
          if (button === 'ask') {
            const { entries } = await api.get(`/api/do-not-call?${new URLSearchParams({ phone_number: number })}`);
            notice.say(
              entries.length === 0 ? `${number} is not on the list.` : `${number} is not called: ${entries[0].reason}.`,
            );
            return;
          }
          await api.request('POST', '/api/do-not-call', {
            body: { phone_number: number, ...(text('reason') && { reason: text('reason') }) },
          });
          notice.say(`${number} is not called any more.`);
          await list.load();
        } catch (error) {
          notice.fail(error);
        }
      },
    },
    field('Number', input('phone_number', { type: 'tel', required: true, maxlength: 32 })),
    ...(mayChange ? [field('Why', input('reason', { maxlength: 200 }))] : []),
    ...(mayChange ? [element('button.primary', { type: 'submit', value: 'add' }, 'Do not call')] : []),
    element('button', { type: 'submit', value: 'ask' }, 'Look up'),
  );

  return {
    root: element(
      'section.card',
      {},
      element(
        'div.view-head',
        {},
        element('h2', {}, 'Do not call'),
        element('a', { href: '/api/do-not-call/export', download: 'do-not-call.csv' }, 'Export CSV'),
      ),
      change,
      notice.root,
      list.root,
      ...(mayChange
        ? [
            createImport({
              api,
              path: '/api/do-not-call/import',
              example: 'phone_number,reason',
              onDone: () => list.load(),
            }),
          ]
        : []),
    ),
    load: () => void list.load(),
  };
}

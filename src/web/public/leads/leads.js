import { element } from '../parts/element.js';
import { field, form, input } from '../parts/form.js';
import { createImport } from '../parts/import-csv.js';
import { createNotice } from '../parts/notice.js';
import { createPaged } from '../parts/paged.js';
import { sureButton } from '../parts/sure-button.js';
import { at, table } from '../parts/table.js';

/**
 * The people that are called.
 *
 * @param {import('../shell/views.js').Context} context
 * @returns {import('../shell/views.js').View}
 */
export function createView({ api, session }) {
  const notice = createNotice();
  const mayChange = session.may('leads:write');
  const mayCall = session.may('calls:write');
  let email = '';
  const list = createPaged({
    empty: 'No leads.',
    async fetch(cursor) {
      const query = new URLSearchParams({ ...(email && { email }), ...(cursor && { cursor }) });
      const page = await api.get(`/api/leads?${query}`);
      return { rows: page.leads, next: page.next_cursor };
    },
    render: (/** @type {any[]} */ rows) =>
      table(
        'Leads',
        ['Name', 'Email', 'Number', 'Company', 'More', 'Changed', ...(mayChange ? [''] : [])],
        rows.map((lead) => [
          lead.name ?? '–',
          lead.email,
          mayCall && lead.phone_number
            ? element(
                'a',
                {
                  href: `#/place?${new URLSearchParams({ to: lead.phone_number })}`,
                  'aria-label': `Call ${lead.phone_number}`,
                },
                lead.phone_number,
              )
            : (lead.phone_number ?? '–'),
          lead.company ?? '–',
          element('code.data', {}, Object.keys(lead.data).length === 0 ? '' : JSON.stringify(lead.data)),
          at(lead.updated_at),
          ...(mayChange ? [removal(lead)] : []),
        ]),
      ),
  });

  /** @param {any} lead */
  function removal(lead) {
    return sureButton(
      'Delete',
      'Really delete?',
      async () => {
        try {
          await api.request('DELETE', `/api/leads/${encodeURIComponent(lead.lead_id)}`);
          notice.say(`${lead.email} was deleted; its calls stay.`);
          await list.load();
        } catch (error) {
          notice.fail(error);
        }
      },
      lead.email,
    );
  }

  const search = form(
    {
      label: 'Find a lead',
      inline: true,
      async send({ text }) {
        email = text('email') ?? '';
        await list.load();
      },
    },
    field('Email', input('email', { type: 'search', maxlength: 254 })),
    element('button', { type: 'submit' }, 'Find'),
  );
  const add = form(
    {
      label: 'Add or change a lead',
      async send({ text }) {
        const body = Object.fromEntries(
          ['email', 'name', 'phone_number', 'company'].flatMap((name) => (text(name) ? [[name, text(name)]] : [])),
        );
        try {
          await api.request('POST', '/api/leads', { body });
          notice.say(`${body['email']} is kept.`);
          await list.load();
        } catch (error) {
          notice.fail(error);
        }
      },
    },
    element(
      'div.pair',
      {},
      field(
        'Email',
        input('email', { type: 'email', required: true, maxlength: 254 }),
        'A lead with this address is changed.',
      ),
      field('Name', input('name', { maxlength: 200 })),
      field('Number', input('phone_number', { type: 'tel', maxlength: 32 })),
      field('Company', input('company', { maxlength: 200 })),
    ),
    element('button.primary', { type: 'submit' }, 'Save'),
  );

  const root = element(
    'div.stack',
    {},
    element('h1', {}, 'Leads'),
    element(
      'section.card',
      { 'aria-label': 'Leads' },
      search,
      notice.root,
      list.root,
      ...(mayChange
        ? [
            element('details.part', {}, element('summary', {}, 'Add or change one'), add),
            createImport({
              api,
              path: '/api/leads/import',
              example: 'email,name,phone_number,company',
              onDone: () => list.load(),
            }),
          ]
        : []),
    ),
  );
  return { root, show: () => void list.load() };
}

import { element } from '../parts/element.js';
import { field, form, input } from '../parts/form.js';
import { createNotice } from '../parts/notice.js';
import { at, table } from '../parts/table.js';

/**
 * All tenants of the installation; for the operator alone.
 *
 * @param {import('../shell/api.js').Api} api
 */
export function createTenants(api) {
  const notice = createNotice();
  const list = element('div');

  async function load() {
    try {
      const { tenants } = await api.get('/api/tenants');
      list.replaceChildren(
        table(
          'Tenants',
          ['Tenant', 'Name', 'Since'],
          tenants.map((/** @type {any} */ each) => [
            element('code', {}, each.tenant_id),
            each.name,
            at(each.created_at),
          ]),
        ),
      );
    } catch (error) {
      notice.fail(error);
    }
  }

  const add = form(
    {
      label: 'Add a tenant',
      inline: true,
      async send({ text }) {
        try {
          const made = await api.request('POST', '/api/tenants', {
            body: { tenant_id: text('tenant_id'), name: text('name') },
          });
          notice.root.replaceChildren(
            element('p.notice', {}, 'Its first key, shown this once: ', element('code.secret', {}, made.key)),
          );
          await load();
        } catch (error) {
          notice.fail(error);
        }
      },
    },
    field('Id', input('tenant_id', { required: true, maxlength: 63, pattern: '[a-z0-9][a-z0-9_\\-]*' })),
    field('Name', input('name', { required: true, maxlength: 100 })),
    element('button', { type: 'submit' }, 'Add'),
  );
  return { root: element('section.card', {}, element('h2', {}, 'Tenants'), notice.root, list, add), load };
}

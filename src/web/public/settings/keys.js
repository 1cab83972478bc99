import { element } from '../parts/element.js';
import { checks, field, form, input } from '../parts/form.js';
import { moment } from '../parts/format.js';
import { createNotice } from '../parts/notice.js';
import { sureButton } from '../parts/sure-button.js';
import { at, table } from '../parts/table.js';

const scopes = ['calls:read', 'calls:write', 'web-calls:write', 'leads:read', 'leads:write', 'admin'];

/**
 * The keys of the tenant: made, listed and revoked; a key itself is shown once.
 *
 * @param {import('../shell/api.js').Api} api
 */
export function createKeys(api) {
  const notice = createNotice();
  const list = element('div');

  async function load() {
    try {
      const { keys } = await api.get('/api/keys');
      list.replaceChildren(
        table(
          'Keys',
          ['Name', 'Begins', 'May', 'Last used', 'Ends', ''],
          keys.map((/** @type {any} */ key) => [
            key.name,
            element('code', {}, `${key.prefix}…`),
            element(
              'span.data',
              {},
              key.browser ? `a page of ${key.browser.origins.join(', ')}` : key.scopes.join(', '),
            ),
            at(key.last_used_at),
            key.revoked_at ? `revoked ${moment(key.revoked_at)}` : at(key.expires_at),
            key.revoked_at ? '' : revocation(key),
          ]),
        ),
      );
    } catch (error) {
      notice.fail(error);
    }
  }

  /** @param {any} key */
  function revocation(key) {
    return sureButton(
      'Revoke',
      'Really revoke?',
      async () => {
        try {
          await api.request('DELETE', `/api/keys/${encodeURIComponent(key.key_id)}`);
          notice.say(`${key.name} is refused from now on.`);
          await load();
        } catch (error) {
          notice.fail(error);
        }
      },
      key.name,
    );
  }

  const add = form(
    {
      label: 'Make a key',
      async send({ text, all }) {
        const chosen = all('scopes');
        const expires = text('expires_at');
        try {
          const made = await api.request('POST', '/api/keys', {
            body: {
              name: text('name'),
              scopes: chosen,
              ...(expires && { expires_at: new Date(expires).toISOString() }),
            },
          });
          notice.root.replaceChildren(
            element('p.notice', {}, 'The key, shown this once: ', element('code.secret', {}, made.key)),
          );
          await load();
        } catch (error) {
          notice.fail(error);
        }
      },
    },
    element(
      'div.pair',
      {},
      field('Name', input('name', { required: true, maxlength: 100 })),
      field('Ends', input('expires_at', { type: 'datetime-local' })),
    ),
    checks('scopes', 'May', scopes, ['calls:read']),
    element('button.primary', { type: 'submit' }, 'Make the key'),
  );
  return {
    root: element(
      'section.card',
      {},
      element('h2', {}, 'Keys'),
      notice.root,
      list,
      element('details.part', {}, element('summary', {}, 'Make a key'), add),
    ),
    load,
  };
}

import { element } from '../parts/element.js';
import { field, form, input, select } from '../parts/form.js';
import { moment } from '../parts/format.js';
import { createNotice } from '../parts/notice.js';
import { sureButton } from '../parts/sure-button.js';
import { createDeliveries } from './deliveries.js';

/**
 * Where events are sent, and what came of each sending.
 *
 * @param {import('../shell/views.js').Context} context
 * @returns {import('../shell/views.js').View}
 */
export function createView({ api }) {
  const notice = createNotice();
  const list = element('ul.webhooks');
  const deliveries = createDeliveries(api);
  const agent = select('agent', [['', 'All agents']]);

  /**
   * @param {() => Promise<any>} act
   * @param {(answer: any) => string | Node} done
   */
  async function attempt(act, done) {
    try {
      const answer = await act();
      notice.root.replaceChildren(element('div.notice', {}, done(answer)));
      await load();
    } catch (error) {
      notice.fail(error);
    }
  }

  /** @param {any} webhook */
  function row(webhook) {
    const path = `/api/webhooks/${encodeURIComponent(webhook.webhook_id)}`;
    const isOn = webhook.disabled_at === null;
    const toggle = element('button', { type: 'button' }, isOn ? 'Disable' : 'Enable');
    toggle.addEventListener('click', () =>
      attempt(
        () => api.request('PATCH', path, { body: { enabled: !isOn } }),
        () => (isOn ? 'Nothing is sent there from now on.' : 'Events are sent there again.'),
      ),
    );
    return element(
      'li.webhook',
      {},
      element(
        'div',
        {},
        element(
          'p',
          {},
          element('strong', {}, webhook.url),
          ' ',
          element('span.chip', { 'data-tone': isOn ? 'live' : 'bad' }, isOn ? 'on' : 'off'),
        ),
        element('p.hint', {}, `${webhook.events.join(', ')}${webhook.agent ? ` of ${webhook.agent}` : ''}`),
        ...(isOn
          ? []
          : [
              element(
                'p.hint',
                {},
                `Off since ${moment(webhook.disabled_at)}: ${webhook.disabled_reason ?? 'by a key'}`,
              ),
            ]),
      ),
      element(
        'div.control-row',
        {},
        toggle,
        sureButton('New secret', 'Replace the secret?', () =>
          attempt(() => api.request('POST', `${path}/rotate-secret`, { body: {} }), secretOf),
        ),
        sureButton('Delete', 'Really delete?', () =>
          attempt(
            () => api.request('DELETE', path),
            () => 'The webhook is deleted.',
          ),
        ),
      ),
    );
  }

  async function load() {
    try {
      const { webhooks } = await api.get('/api/webhooks');
      list.replaceChildren(
        ...(webhooks.length === 0 ? [element('li.empty', {}, 'No webhook yet.')] : webhooks.map(row)),
      );
      if (agent.length === 1) {
        const { agents } = await api.choices();
        agent.append(...agents.map(({ name }) => element('option', { value: name }, name)));
      }
    } catch (error) {
      notice.fail(error);
    }
  }

  const add = form(
    {
      label: 'Add a webhook',
      inline: true,
      send: ({ text }) =>
        attempt(
          () =>
            api.request('POST', '/api/webhooks', {
              body: { url: text('url'), ...(text('agent') && { agent: text('agent') }) },
            }),
          secretOf,
        ),
    },
    field(
      'Address',
      input('url', { type: 'url', required: true, maxlength: 2000, placeholder: 'https://hooks.example.com/calls' }),
    ),
    field('Of', agent),
    element('button.primary', { type: 'submit' }, 'Add'),
  );

  const root = element(
    'div.stack',
    {},
    element('h1', {}, 'Webhooks'),
    element('section.card', {}, element('h2', {}, 'Addresses'), notice.root, list, add),
    deliveries.root,
  );
  return {
    root,
    show() {
      void load();
      deliveries.load();
    },
    hide: () => notice.clear(),
  };
}

/** @param {any} answer */
function secretOf({ secret }) {
  return element('p', {}, 'Its secret, shown this once: ', element('code.secret', {}, secret));
}

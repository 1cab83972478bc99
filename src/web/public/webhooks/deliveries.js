import { element } from '../parts/element.js';
import { field, select } from '../parts/form.js';
import { createNotice } from '../parts/notice.js';
import { createPaged } from '../parts/paged.js';
import { at, table } from '../parts/table.js';

/** @type {Record<string, string>} */
const tones = { delivered: 'live', pending: 'busy', dead: 'bad' };

/**
 * What was sent, is to be sent, or was given up.
 *
 * @param {import('../shell/api.js').Api} api
 */
export function createDeliveries(api) {
  const notice = createNotice();
  const status = select('status', [['', 'any'], 'pending', 'delivered', 'dead']);
  const list = createPaged({
    empty: 'Nothing was sent.',
    async fetch(cursor) {
      const query = new URLSearchParams({ ...(status.value && { status: status.value }), ...(cursor && { cursor }) });
      const page = await api.get(`/api/webhooks/deliveries?${query}`);
      return { rows: page.deliveries, next: page.next_cursor };
    },
    render: (/** @type {any[]} */ rows) =>
      table(
        'Deliveries',
        ['Made', 'Status', 'Call', 'Attempts', 'Last answer', 'Next', ''],
        rows.map((each) => [
          at(each.created_at),
          element('span.chip', { 'data-tone': tones[each.status] ?? 'calm' }, each.status),
          element('a', { href: `#/calls/${encodeURIComponent(each.call_id)}` }, `event ${each.sequence}`),
          String(each.attempts),
          [each.last_status, each.last_error].filter((part) => part !== null).join(': ') || '–',
          at(each.next_attempt_at),
          again(each),
        ]),
      ),
  });

  /** @param {any} delivery */
  function again(delivery) {
    const button = /** @type {HTMLButtonElement} */ (
      element(
        'button',
        { type: 'button', 'aria-label': `Send again: event ${delivery.sequence} of ${delivery.call_id}` },
        'Send again',
      )
    );
    button.addEventListener('click', async () => {
      button.disabled = true;
      try {
        await api.request('POST', `/api/webhooks/deliveries/${encodeURIComponent(delivery.delivery_id)}/redeliver`);
        notice.say('It is sent again.');
        await list.load();
      } catch (error) {
        notice.fail(error);
        button.disabled = false;
      }
    });
    return button;
  }
  status.addEventListener('change', () => void list.load());
  return {
    root: element('section.card', {}, element('h2', {}, 'Deliveries'), field('Status', status), notice.root, list.root),
    load: () => void list.load(),
  };
}

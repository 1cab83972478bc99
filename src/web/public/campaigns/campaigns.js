import { element } from '../parts/element.js';
import { field, form, input, select } from '../parts/form.js';
import { money } from '../parts/format.js';
import { createNotice } from '../parts/notice.js';
import { createPaged } from '../parts/paged.js';
import { at, table } from '../parts/table.js';
import { createCampaignDetail, stateChip } from './campaign-detail.js';

/**
 * Calling many people with one order: the campaigns, and one of them with its progress.
 *
 * @param {import('../shell/views.js').Context} context
 * @returns {import('../shell/views.js').View}
 */
export function createView(context) {
  const { api, session } = context;
  const notice = createNotice();
  const agent = select('agent', []);
  const list = createPaged({
    empty: 'No campaign yet.',
    async fetch(cursor) {
      const page = await api.get(`/api/campaigns?${new URLSearchParams(cursor ? { cursor } : {})}`);
      return { rows: page.campaigns, next: page.next_cursor };
    },
    render: (/** @type {any[]} */ rows) =>
      table(
        'Campaigns',
        ['Name', 'Status', 'Agent', 'Spent', 'Created'],
        rows.map((each) => [
          element('a', { href: `#/campaigns/${encodeURIComponent(each.campaign_id)}` }, each.name),
          stateChip(each.status),
          each.agent,
          money(each.spent_usd),
          at(each.created_at),
        ]),
      ),
  });

  const add = form(
    {
      label: 'New campaign',
      async send({ text, number }) {
        const [start, end] = [text('start'), text('end')];
        const timezone = text('timezone') ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
        const most = number('max_calls');
        const spend = number('max_spend_usd');
        try {
          const made = await api.request('POST', '/api/campaigns', {
            body: {
              name: text('name'),
              agent: text('agent'),
              ...(start && end && { schedule: { window: { start, end, timezone } } }),
              ...(most !== undefined && { pacing: { max_calls: most } }),
              ...(spend !== undefined && { max_spend_usd: spend }),
            },
          });
          location.hash = `#/campaigns/${encodeURIComponent(made.campaign_id)}`;
        } catch (error) {
          notice.fail(error);
        }
      },
    },
    element(
      'div.pair',
      {},
      field('Name', input('name', { required: true, maxlength: 100 })),
      field('Agent', agent),
      field('Hours from', input('start', { type: 'time' })),
      field('Hours to', input('end', { type: 'time' })),
      field('Time zone of the hours', input('timezone', { maxlength: 64, placeholder: 'America/New_York' })),
      field('Most calls at once', input('max_calls', { type: 'number', min: 1, placeholder: '10' })),
      field('Most cost, USD', input('max_spend_usd', { type: 'number', min: 0, step: 'any' })),
    ),
    element('button.primary', { type: 'submit' }, 'Create'),
    element('p.hint', {}, 'It calls nobody until it is started.'),
  );

  const all = element(
    'section.card',
    { 'aria-label': 'Campaigns' },
    notice.root,
    list.root,
    ...(session.may('calls:write') ? [element('details.part', {}, element('summary', {}, 'New campaign'), add)] : []),
  );
  const detail = createCampaignDetail(context);
  const root = element('div.stack', {}, element('h1', {}, 'Campaigns'), all, detail.root);

  async function fillAgents() {
    try {
      const { agents } = await api.choices();
      agent.replaceChildren(...agents.map(({ name }) => element('option', { value: name }, name)));
    } catch (error) {
      notice.fail(error);
    }
  }

  return {
    root,
    show({ rest }) {
      all.hidden = rest !== null;
      detail.show(rest);
      if (rest !== null) return;
      notice.clear();
      void list.load();
      if (agent.length === 0) void fillAgents();
    },
    hide: () => detail.show(null),
  };
}

import { bar } from '../parts/chart.js';
import { element } from '../parts/element.js';
import { money, moment, words } from '../parts/format.js';
import { createImport } from '../parts/import-csv.js';
import { createNotice } from '../parts/notice.js';
import { createRefresh } from '../parts/refresh.js';
import { sureButton } from '../parts/sure-button.js';
import { table } from '../parts/table.js';

const refreshMs = 5000;
const mostBytes = 16_000_000;

/** @type {Record<string, [tone: string, commands: string[]]>} By status: how it looks, and what can be done. */
const states = {
  draft: ['calm', ['start', 'cancel']],
  running: ['live', ['pause', 'cancel']],
  paused: ['busy', ['resume', 'cancel']],
  completed: ['calm', []],
  canceled: ['calm', []],
};

/** @param {string} status */
export function stateChip(status) {
  return element('span.chip', { 'data-tone': states[status]?.[0] ?? 'calm' }, status);
}

/**
 * One campaign: how far it is, whom it calls, and starting, pausing, resuming and canceling it.
 *
 * @param {import('../shell/views.js').Context} context
 */
export function createCampaignDetail({ api, session }) {
  const notice = createNotice();
  const body = element('div');
  const people = element('div');
  const more = element('div');
  const root = element(
    'section.card',
    { hidden: true, 'aria-label': 'Campaign' },
    element('p', {}, element('a', { href: '#/campaigns' }, 'All campaigns')),
    body,
    notice.root,
    people,
    more,
  );
  /** @type {string | null} */
  let id = null;
  let shown = '';

  const pathOf = (/** @type {string} */ rest) => `/api/campaigns/${encodeURIComponent(id ?? '')}${rest}`;

  const refresh = createRefresh(async (signal) => {
    try {
      const [campaign, { recipients }] = await Promise.all([
        api.get(pathOf(''), signal),
        api.get(pathOf('/recipients?limit=100'), signal),
      ]);
      if (signal.aborted) return refreshMs;
      const json = JSON.stringify([campaign, recipients]);
      if (json !== shown) {
        body.replaceChildren(...head(campaign));
        people.replaceChildren(recipientTable(recipients));
      }
      shown = json;
      if (campaign.status !== 'running') refresh.stop();
    } catch (error) {
      if (!signal.aborted) notice.fail(error);
    }
    return refreshMs;
  });

  /** @param {any} campaign */
  function head(campaign) {
    const { recipients, calls, answered, opted_out: optedOut } = campaign.progress;
    const total = Object.values(recipients).reduce((sum, count) => sum + Number(count), 0);
    const waiting = Number(recipients.waiting ?? 0);
    /** @type {[string, Node | string][]} */
    const rows = [
      ['Status', stateChip(campaign.status)],
      ['Paused because', campaign.pause_detail ?? ''],
      ['Agent', campaign.agent],
      [
        'People',
        Object.entries(recipients)
          .map(([state, count]) => `${count} ${words(state)}`)
          .join(', '),
      ],
      ['Calls', `${calls}, ${answered} answered${optedOut > 0 ? `, ${optedOut} do not want to be called again` : ''}`],
      ['Spent', `${money(campaign.spent_usd)}${campaign.max_spend_usd ? ` of ${money(campaign.max_spend_usd)}` : ''}`],
      ['Started', moment(campaign.started_at)],
    ];
    return [
      element('h2', {}, campaign.name),
      element(
        'dl.facts',
        {},
        ...rows.flatMap(([term, value]) => (value === '' ? [] : [element('dt', {}, term), element('dd', {}, value)])),
      ),
      ...(total > 0 ? [element('p', {}, bar((total - waiting) / total, 'tone-good'))] : []),
      element(
        'div.control-row',
        {},
        ...(session.may('calls:write') ? (states[campaign.status]?.[1] ?? []).map(commandButton) : []),
        element('a.button', { href: pathOf('/results'), download: `${campaign.campaign_id}.csv` }, 'Results as CSV'),
      ),
    ];
  }

  /** @param {string} command */
  function commandButton(command) {
    const act = async () => {
      try {
        await api.request('POST', pathOf(`/${command}`));
        notice.clear();
      } catch (error) {
        notice.fail(error);
      }
      refresh.start();
    };
    if (command === 'cancel') return sureButton('Cancel it', 'Really, for good?', act);
    const button = element(
      command === 'pause' ? 'button' : 'button.primary',
      { type: 'button' },
      command.charAt(0).toUpperCase() + command.slice(1),
    );
    button.addEventListener('click', () => void act());
    return button;
  }

  return {
    root,
    /** @param {string | null} next Null: none is looked at. */
    show(next) {
      root.hidden = next === null;
      if (next === null) return refresh.stop();
      if (next !== id) {
        id = next;
        shown = '';
        notice.clear();
        body.replaceChildren();
        people.replaceChildren();
        more.replaceChildren(
          ...(session.may('calls:write')
            ? [
                createImport({
                  api,
                  path: pathOf('/recipients/import'),
                  example: 'phone_number,name',
                  mostBytes,
                  onDone: () => refresh.start(),
                }),
              ]
            : []),
        );
      }
      refresh.start();
    },
  };
}

/** @param {any[]} recipients The first of them. */
function recipientTable(recipients) {
  if (recipients.length === 0) return element('p.empty', {}, 'Nobody is in it yet. Import a CSV below.');
  return table(
    'People',
    ['Number', 'Status', 'Attempts', 'Outcome', 'Call'],
    recipients.map((each) => [
      each.phone_number ?? 'erased',
      `${words(each.status)}${each.reason ? `: ${each.reason}` : ''}`,
      String(each.attempts),
      words(each.outcome) || '–',
      each.call_id ? element('a', { href: `#/calls/${encodeURIComponent(each.call_id)}` }, 'Call') : '–',
    ]),
  );
}

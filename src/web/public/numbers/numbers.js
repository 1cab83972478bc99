import { element } from '../parts/element.js';
import { createNotice } from '../parts/notice.js';
import { sureButton } from '../parts/sure-button.js';
import { table } from '../parts/table.js';
import { createAddTrunk } from './add-trunk.js';
import { createDoNotCall } from './do-not-call.js';

/**
 * Numbers that calls come to and go from, and numbers that are not called.
 *
 * @param {import('../shell/views.js').Context} context
 * @returns {import('../shell/views.js').View}
 */
export function createView(context) {
  const { api, session } = context;
  const notice = createNotice();
  const trunks = element('div', {}, element('p.empty', {}, 'Fetching the trunks…'));
  const doNotCall = createDoNotCall(context);
  const addTrunk = session.may('admin') ? createAddTrunk(api, load) : null;
  const root = element(
    'div.stack',
    {},
    element('h1', {}, 'Numbers'),
    element('section.card', {}, element('h2', {}, 'Trunks'), notice.root, trunks, ...(addTrunk ? [addTrunk.root] : [])),
    doNotCall.root,
  );

  /** @param {any} trunk */
  function removal(trunk) {
    const name = trunk.name ?? trunk.trunk_id;
    return sureButton(
      'Delete',
      'Really delete?',
      async () => {
        try {
          await api.request('DELETE', `/api/trunks/${encodeURIComponent(trunk.trunk_id)}`);
          await load();
          notice.say(`${name} was deleted; its running calls continue.`);
        } catch (error) {
          notice.fail(error);
        }
      },
      name,
    );
  }

  async function load() {
    if (!session.may('admin')) {
      trunks.replaceChildren(element('p.empty', {}, 'Trunks are seen with a key of the scope admin.'));
      return;
    }
    try {
      const [{ trunks: all }, limits] = await Promise.all([
        api.get('/api/trunks'),
        api.get('/api/limits'),
        addTrunk?.load(),
      ]);
      notice.clear();
      trunks.replaceChildren(all.length === 0 ? none() : listed(all, limits, removal));
    } catch (error) {
      notice.fail(error);
    }
  }
  return {
    root,
    show() {
      void load();
      doNotCall.load();
    },
  };
}

function none() {
  return element('p.empty', {}, 'No trunk yet. docs/telephony.md goes through making one, step by step.');
}

/**
 * @param {any[]} all
 * @param {any} limits
 * @param {(trunk: any) => Node} removal
 */
function listed(all, limits, removal) {
  const used = new Map(limits.trunks.map((/** @type {any} */ each) => [each.trunk_id, each.calls_at_once]));
  return table(
    'Trunks',
    ['Name', 'Direction', 'Numbers', 'Agent or number shown', 'Carrier', 'Calls now', ''],
    all.map((trunk) => {
      const now = used.get(trunk.trunk_id);
      return [
        element(
          'span',
          {},
          trunk.name ?? '–',
          trunk.exists ? '' : ' (gone from LiveKit)',
          element('br'),
          element('code', {}, trunk.trunk_id),
        ),
        trunk.direction,
        trunk.numbers.join(', ') || '–',
        trunk.direction === 'inbound' ? (trunk.agent ?? '–') : (trunk.from_number ?? '–'),
        trunk.address ?? '–',
        now ? `${now.used} of ${now.limit}` : '–',
        removal(trunk),
      ];
    }),
  );
}

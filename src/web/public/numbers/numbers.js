import { element } from '../parts/element.js';
import { createNotice } from '../parts/notice.js';
import { table } from '../parts/table.js';
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
  const root = element(
    'div.stack',
    {},
    element('h1', {}, 'Numbers'),
    element('section.card', {}, element('h2', {}, 'Trunks'), notice.root, trunks),
    doNotCall.root,
  );

  async function load() {
    if (!session.may('admin')) {
      trunks.replaceChildren(element('p.empty', {}, 'Trunks are seen with a key of the scope admin.'));
      return;
    }
    try {
      const [{ trunks: all }, limits] = await Promise.all([api.get('/api/trunks'), api.get('/api/limits')]);
      notice.clear();
      trunks.replaceChildren(all.length === 0 ? none() : listed(all, limits));
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
  return element(
    'p.empty',
    {},
    'No trunk yet: POST /api/trunks makes one; docs/telephony.md goes through it step by step.',
  );
}

/**
 * @param {any[]} all
 * @param {any} limits
 */
function listed(all, limits) {
  const used = new Map(limits.trunks.map((/** @type {any} */ each) => [each.trunk_id, each.calls_at_once]));
  return table(
    'Trunks',
    ['Name', 'Direction', 'Numbers', 'Agent or number shown', 'Carrier', 'Calls now'],
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
      ];
    }),
  );
}

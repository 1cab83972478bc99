import { element } from '../parts/element.js';
import { createNotice } from '../parts/notice.js';
import { table } from '../parts/table.js';

/** @type {Record<string, string>} */
const tones = { up: 'live', ok: 'live', down: 'bad', failed: 'bad', warning: 'busy', skipped: 'calm' };

/**
 * What the server can reach; the operator may have everything looked at that a call needs.
 *
 * @param {import('../shell/api.js').Api} api
 * @param {{ canExamine: boolean }} options
 */
export function createHealth(api, { canExamine }) {
  const notice = createNotice();
  const list = element('div');
  const checks = element('div');
  const examine = /** @type {HTMLButtonElement} */ (element('button', { type: 'button' }, 'Examine everything'));
  examine.addEventListener('click', async () => {
    examine.disabled = true;
    notice.say('Looking at everything a call needs. This takes up to half a minute.');
    try {
      const { checks: found } = await api.get('/api/doctor');
      notice.clear();
      checks.replaceChildren(findings(found));
    } catch (error) {
      notice.fail(error);
    } finally {
      examine.disabled = false;
    }
  });

  return {
    root: element(
      'section.card',
      {},
      element('h2', {}, 'Health'),
      list,
      ...(canExamine ? [examine] : []),
      notice.root,
      checks,
    ),
    async load() {
      try {
        const { version, dependencies } = await api.get('/health');
        list.replaceChildren(
          table(
            'What the server can reach',
            ['What', 'State', 'What to do'],
            [
              ['parley', chip('up', version), ''],
              .../** @type {[string, any][]} */ (Object.entries(dependencies)).map(([name, { status, message }]) => [
                name,
                chip(status, status),
                message ?? '',
              ]),
            ],
          ),
        );
      } catch (error) {
        notice.fail(error);
      }
    },
  };
}

/** @param {any[]} found */
function findings(found) {
  return table(
    'Doctor',
    ['Check', 'State', 'What was found', 'What to do'],
    found.flatMap(({ check, findings: all }) =>
      all.map((/** @type {any} */ each) => [check, chip(each.status, each.status), each.message, each.cure ?? '']),
    ),
  );
}

/**
 * @param {string} state
 * @param {string} text
 */
function chip(state, text) {
  return element('span.chip', { 'data-tone': tones[state] ?? 'calm' }, text);
}

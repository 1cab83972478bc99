import { element } from '../parts/element.js';
import { createNotice } from '../parts/notice.js';
import { at, table } from '../parts/table.js';

/**
 * What an agent's file said before, to be looked at and taken back.
 *
 * @param {import('../shell/api.js').Api} api
 * @param {string} name
 * @param {(version: { at: string, text: string }) => void} onChosen
 */
export function createAgentVersions(api, name, onChosen) {
  const path = `/api/agents/${encodeURIComponent(name)}/versions`;
  const notice = createNotice();
  const list = element('div');

  async function load() {
    try {
      const { versions } = await api.get(path);
      list.replaceChildren(
        table(
          'Versions',
          ['Since', 'Saved by', ''],
          versions.map((/** @type {any} */ version, /** @type {number} */ position) => [
            at(version.at),
            version.saved_by ?? 'found on disk',
            position === 0 ? 'as it is' : putBack(version),
          ]),
        ),
      );
    } catch (error) {
      notice.fail(error);
    }
  }

  /** @param {any} version */
  function putBack(version) {
    const button = element('button', { type: 'button' }, 'Put into the editor');
    button.addEventListener('click', async () => {
      try {
        onChosen(await api.get(`${path}/${version.version_id}`));
      } catch (error) {
        notice.fail(error);
      }
    });
    return button;
  }

  return {
    root: element('details.part', {}, element('summary', {}, 'What it said before'), list, notice.root),
    load,
  };
}

import { element } from '../parts/element.js';
import { moment } from '../parts/format.js';
import { createNotice } from '../parts/notice.js';
import { createAgentChat } from './agent-chat.js';
import { createAgentVersions } from './agent-versions.js';

/**
 * The file of an agent, what it said before, and a conversation in writing with the text in the editor: read, checked and, where the server allows it, saved, never over what somebody else has written meanwhile.
 *
 * @param {import('../shell/api.js').Api} api
 * @param {{ name: string, variables: Record<string, string | null> }} agent
 */
export function createAgentFile(api, agent) {
  const { name } = agent;
  const path = `/api/agents/${encodeURIComponent(name)}/file`;
  const notice = createNotice();
  const text = /** @type {HTMLTextAreaElement} */ (
    element('textarea.code', { rows: 24, spellcheck: 'false', 'aria-label': `File of ${name}`, wrap: 'off' })
  );
  const check = /** @type {HTMLButtonElement} */ (element('button', { type: 'button' }, 'Check'));
  const save = /** @type {HTMLButtonElement} */ (element('button.primary', { type: 'button', hidden: true }, 'Save'));
  const where = element('p.hint');
  let etag = '';
  /** What the file says, as far as is known here. */
  let stored = '';
  const versions = createAgentVersions(api, name, (earlier) => {
    text.value = earlier.text;
    notice.say(`This is what it said on ${moment(earlier.at)}.${save.hidden ? '' : ' Nothing is saved yet.'}`);
    text.focus();
  });
  const chat = createAgentChat(api, agent, () => text.value);

  async function load() {
    try {
      const file = await api.get(path);
      etag = file.etag;
      text.value = file.text;
      // A text area has line breaks of its own.
      stored = text.value;
      void versions.load();
      save.hidden = !file.writable;
      where.textContent = file.writable
        ? `${file.path}. Calls that begin after it is saved speak by it.`
        : `${file.path}. It cannot be written here; PARLEY_AGENTS_EDITABLE=1 allows it where the folder can be.`;
    } catch (error) {
      notice.fail(error);
    }
  }

  /** @param {boolean} dry Only checked. */
  async function send(dry) {
    for (const each of [check, save]) each.disabled = true;
    const sent = text.value;
    try {
      const answer = await api.request('PUT', `${path}${dry ? '?dry_run=true' : ''}`, {
        body: { text: sent },
        headers: { 'If-Match': etag },
      });
      if (answer.problems.length > 0) {
        notice.root.replaceChildren(
          element(
            'div.notice.bad',
            { role: 'alert' },
            element('p', {}, dry ? 'The file cannot be used as it is:' : 'It was not saved:'),
            element('ul', {}, ...answer.problems.map((/** @type {string} */ each) => element('li', {}, each))),
          ),
        );
        return;
      }
      if (!dry) {
        etag = answer.etag;
        stored = sent;
        void versions.load();
      }
      notice.say(dry ? 'The file is good.' : 'Saved.');
    } catch (error) {
      notice.fail(error);
    } finally {
      for (const each of [check, save]) each.disabled = false;
    }
  }
  check.addEventListener('click', () => void send(true));
  save.addEventListener('click', () => void send(false));
  void load();
  return {
    name,
    /** Whether something is written here that was not saved. */
    isChanged: () => text.value !== stored,
    root: element(
      'section.card',
      {},
      element('h2', {}, 'The file'),
      where,
      text,
      notice.root,
      element('div.control-row', {}, check, save),
      chat.root,
      versions.root,
    ),
  };
}

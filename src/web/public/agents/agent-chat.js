import { element } from '../parts/element.js';
import { form, input, textarea, field } from '../parts/form.js';
import { words } from '../parts/format.js';
import { createNotice } from '../parts/notice.js';

/**
 * A conversation in writing with the text in the editor, saved or not.
 *
 * @param {import('../shell/api.js').Api} api
 * @param {{ name: string, variables: Record<string, string | null> }} agent
 * @param {() => string} draft
 */
export function createAgentChat(api, agent, draft) {
  const path = `/api/agents/${encodeURIComponent(agent.name)}/chats`;
  const notice = createNotice();
  const turns = element('ol.turns');
  const log = element('div', { role: 'log', 'aria-label': 'The conversation' }, turns);
  const model = element('p.hint');
  const needed = Object.keys(agent.variables).filter((name) => agent.variables[name] === null);
  const variables = textarea('variables', { rows: Math.max(2, needed.length), wrap: 'off' });
  variables.value = needed.map((name) => `${name}=`).join('\n');
  /** @type {string | null} */
  let id = null;

  const begin = form(
    {
      label: 'Begin a conversation',
      async send() {
        await end();
        turns.replaceChildren();
        notice.clear();
        try {
          const body = { text: draft(), variables: readVariables(variables.value) };
          const answer = await api.request('POST', path, { body });
          id = answer.chat_id;
          show(answer);
          said.focus();
        } catch (error) {
          notice.fail(error);
        }
      },
    },
    ...(Object.keys(agent.variables).length === 0
      ? []
      : [field('Variables', variables, 'One a line, such as name=Ada.')]),
    element('button', { type: 'submit' }, 'Begin'),
  );

  const said = input('said', { 'aria-label': 'What you say', required: true, maxlength: 4000 });
  const say = form(
    {
      label: 'Say something',
      inline: true,
      async send({ text }) {
        const spoken = text('said');
        if (spoken === undefined || id === null) return;
        said.value = '';
        add('caller', spoken);
        try {
          show(await api.request('POST', `${path}/${encodeURIComponent(id)}/messages`, { body: { text: spoken } }));
        } catch (error) {
          notice.fail(error);
        }
        said.focus();
      },
    },
    said,
    element('button.primary', { type: 'submit' }, 'Say'),
  );
  say.hidden = true;

  async function end() {
    const last = id;
    id = null;
    say.hidden = true;
    if (last !== null) await api.request('DELETE', `${path}/${encodeURIComponent(last)}`).catch(() => undefined);
  }

  /**
   * @param {'caller' | 'agent'} role
   * @param {string} text
   */
  function add(role, text) {
    const who = role === 'caller' ? 'You' : agent.name;
    turns.append(element(`li.turn.${role}`, {}, element('p.who', {}, who), element('p.said', {}, text)));
  }

  /** @param {any} answer */
  function show(answer) {
    for (const text of answer.said) add('agent', text);
    for (const { tool, arguments: given } of answer.tools)
      turns.append(element('li', {}, element('code.data', {}, `${tool} ${JSON.stringify(given)}`)));
    for (const trouble of answer.troubles) turns.append(element('li.hint', {}, trouble));
    model.textContent = `Answered by ${answer.model}. Tools reach nothing here.`;
    say.hidden = answer.end_reason !== null;
    if (answer.end_reason === null) return;
    notice.say(`The conversation is over: ${words(answer.end_reason)}.`);
    id = null;
  }

  return {
    root: element(
      'details.part',
      {},
      element('summary', {}, 'Talk to it in writing'),
      element('p.hint', {}, 'With the text in the editor, also before it is saved. Nobody else hears of it.'),
      begin,
      log,
      say,
      notice.root,
      model,
    ),
  };
}

/** @param {string} text Lines of `name = value`; others are left out. */
function readVariables(text) {
  return Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const at = line.indexOf('=');
      const [name, value] = [line.slice(0, Math.max(at, 0)).trim(), line.slice(at + 1).trim()];
      return name && value && !/\s/.test(name) ? [[name, value]] : [];
    }),
  );
}

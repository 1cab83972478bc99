import { element } from '../parts/element.js';
import { money, percent, span } from '../parts/format.js';
import { createNotice, messageOf } from '../parts/notice.js';
import { createAgentFile } from './agent-file.js';

/**
 * The agents: what each is for, what it runs on, how its calls went, and the file that makes it.
 *
 * @param {import('../shell/views.js').Context} context
 * @returns {import('../shell/views.js').View}
 */
export function createView({ api, session }) {
  const notice = createNotice();
  const list = element('ul.agent-cards');
  const detail = element('div');
  const root = element('div', {}, element('h1', {}, 'Agents'), notice.root, list, detail);
  let asked = 0;
  /** @type {ReturnType<typeof createAgentFile> | undefined} */
  let file;

  /** @param {string | null} name */
  async function load(name) {
    asked += 1;
    const mine = asked;
    // Nobody writes into what is about to be replaced.
    detail.replaceChildren();
    try {
      const { agents } = await api.get('/api/agents');
      if (mine !== asked) return;
      notice.clear();
      const chosen = agents.find((/** @type {any} */ each) => each.name === name);
      list.hidden = chosen !== undefined;
      if (chosen) return await showOne(chosen, () => mine === asked);
      list.replaceChildren(
        ...(agents.length === 0
          ? [element('li.empty', {}, 'There is no agent yet. Add a file to agents/.')]
          : agents.map((/** @type {any} */ each) => card(each, session.may('web-calls:write')))),
      );
      if (name !== null) notice.fail(`There is no agent ${name}.`);
    } catch (error) {
      if (mine === asked) notice.fail(error);
    }
  }

  /**
   * @param {any} agent
   * @param {() => boolean} isWanted
   */
  async function showOne(agent, isWanted) {
    const figures = element('div');
    const place = element('div');
    detail.replaceChildren(
      element('p', {}, element('a', { href: '#/agents' }, 'All agents')),
      element(
        'section.card',
        { 'aria-labelledby': 'agent-heading' },
        element('h2', { id: 'agent-heading' }, agent.name),
        element('p', {}, agent.description),
        facts(agent),
        element('h3', {}, 'The last 30 days'),
        figures,
      ),
      place,
    );
    const query = new URLSearchParams({ span: 'month', agent: agent.name });
    const overview = await api.get(`/api/overview?${query}`).catch((error) => messageOf(error));
    if (!isWanted()) return;
    figures.replaceChildren(
      typeof overview === 'string' ? element('p.hint', {}, overview) : figuresOf(overview, agent.name),
    );
    if (!session.current()?.operator || !session.may('admin')) return;
    // A draft outlives a look at another view.
    const kept = file?.name === agent.name && file?.isChanged() ? file : createAgentFile(api, agent);
    file = kept;
    place.replaceChildren(kept.root);
  }

  return { root, show: ({ rest }) => void load(rest) };
}

/** @param {any} agent */
function facts(agent) {
  const stages = agent.stages ? `${agent.stages.stt}, ${agent.stages.llm}, ${agent.stages.tts}` : 'nothing is set up';
  const variables = Object.entries(agent.variables).map(([name, preset]) =>
    preset === null ? `${name} (needed)` : name,
  );
  /** @type {[string, Node | string][]} */
  const rows = [
    ['Language', agent.language],
    ['Version', element('code', {}, agent.version)],
    ['Pipeline', `${agent.pipeline ?? 'none'}: ${stages}`],
    ['Tools', agent.tools.join(', ') || 'none'],
    ['Variables', variables.join(', ') || 'none'],
    ['Answers', agent.scripted ? 'from its script' : 'by a language model'],
  ];
  return element(
    'dl.facts',
    {},
    ...rows.flatMap(([term, value]) => [element('dt', {}, term), element('dd', {}, value)]),
  );
}

/**
 * @param {any} overview
 * @param {string} name
 */
function figuresOf({ totals, sample }, name) {
  if (totals.calls === 0) return element('p.empty', {}, 'No calls.');
  const whole = sample.stages.find((/** @type {any} */ each) => each.stage === 'total_ms');
  /** @type {[string, string][]} */
  const rows = [
    ['Calls', totals.calls.toLocaleString()],
    ['Answered', percent(totals.answer_rate)],
    ['Completed', percent(totals.completion_rate)],
    ['Answer time', whole ? `median ${span(whole.p50_ms)}, 95 % within ${span(whole.p95_ms)}` : '–'],
    ['Cost', money(totals.cost_usd)],
  ];
  return element(
    'div',
    {},
    element('dl.facts', {}, ...rows.flatMap(([term, value]) => [element('dt', {}, term), element('dd', {}, value)])),
    element('p', {}, element('a', { href: `#/calls?${new URLSearchParams({ agent: name })}` }, 'Its calls')),
  );
}

/**
 * @param {any} agent
 * @param {boolean} mayTalk
 */
function card(agent, mayTalk) {
  const to = encodeURIComponent(agent.name);
  return element(
    'li.card',
    {},
    element('h2', {}, element('a', { href: `#/agents/${to}` }, agent.name)),
    element('p', {}, agent.description),
    element('p.hint', {}, `${agent.language} · ${agent.pipeline ?? 'no pipeline'} · version ${agent.version}`),
    ...(mayTalk
      ? [
          element(
            'p',
            {},
            element('a', { href: `#/talk/${to}`, 'aria-label': `Talk to it: ${agent.name}` }, 'Talk to it'),
          ),
        ]
      : []),
  );
}

import { element } from '../parts/element.js';
import { field, form, input, select } from '../parts/form.js';
import { moment } from '../parts/format.js';
import { createNotice } from '../parts/notice.js';
import { dispatchOf } from './dispatch-of.js';
import { moreFields } from './more-fields.js';

/**
 * One phone call with everything that the API takes; a check says what would happen.
 *
 * @param {import('../shell/views.js').Context} context
 * @returns {import('../shell/views.js').View}
 */
export function createView({ api }) {
  const notice = createNotice();
  const agent = select('agent', []);
  const pipeline = select('pipeline', [['', 'The agent’s own']]);
  const variables = element('div');
  /** @type {any[]} */
  let agents = [];
  /** Under which a second click places no second call; another one for another call. */
  let key = newKey();

  function showVariables() {
    const chosen = agents.find(({ name }) => name === agent.value);
    variables.replaceChildren(
      ...Object.entries(chosen?.variables ?? {}).map(([name, preset]) =>
        field(
          name.replaceAll('_', ' '),
          input(`variable:${name}`, { required: preset === null, placeholder: preset ?? '', maxlength: 4000 }),
        ),
      ),
    );
  }
  agent.addEventListener('change', showVariables);

  /**
   * @param {import('../parts/form.js').Values} values
   * @param {string} button
   */
  async function send(values, button) {
    const isCheck = button === 'check';
    try {
      const body = dispatchOf(values, { isCheck });
      const answer = await api.request('POST', '/api/dispatch', {
        body,
        ...(!isCheck && { headers: { 'Idempotency-Key': key } }),
      });
      if (isCheck) {
        notice.root.replaceChildren(verdict(answer));
        return;
      }
      key = newKey();
      notice.root.replaceChildren(
        element(
          'p.notice',
          {},
          `The call is ${answer.status}. `,
          element('a', { href: `#/calls/${encodeURIComponent(answer.call_id)}` }, 'Follow it'),
        ),
      );
    } catch (error) {
      // What was refused placed nothing, and may be changed; of what was not answered nobody knows, so the same is sent again.
      if (/** @type {any} */ (error)?.status >= 400 && /** @type {any} */ (error).status < 500) key = newKey();
      notice.root.replaceChildren(objection(error));
    }
  }

  const root = element(
    'div.narrow',
    {},
    element('h1', {}, 'Place a call'),
    form(
      { label: 'Place a call', send },
      element(
        'section.card',
        {},
        element(
          'div.pair',
          {},
          field(
            'Number to call',
            input('to', { type: 'tel', required: true, maxlength: 32, placeholder: '+15551234567' }),
            'With + and country code.',
          ),
          field('Agent', agent),
        ),
        variables,
        field('Pipeline', pipeline),
      ),
      ...moreFields(),
      element(
        'section.card.send',
        {},
        notice.root,
        element(
          'div.call-buttons',
          {},
          element('button', { type: 'submit', value: 'check' }, 'Check only'),
          element('button.primary', { type: 'submit', value: 'call' }, 'Call now'),
        ),
        element('p.hint', {}, 'A check asks every rule and calls nobody.'),
      ),
    ),
  );

  async function load() {
    try {
      const choices = await api.choices();
      agents = choices.agents;
      agent.replaceChildren(...agents.map(({ name }) => element('option', { value: name }, name)));
      pipeline.append(
        ...choices.pipelines.map(({ name, reason }) =>
          element(
            'option',
            { value: name, disabled: reason !== null },
            reason === null ? name : `${name} (not set up)`,
          ),
        ),
      );
      showVariables();
    } catch (error) {
      notice.fail(error);
    }
  }

  return {
    root,
    show({ query }) {
      const to = query.get('to');
      if (to !== null) /** @type {HTMLInputElement} */ (root.querySelector('input[name=to]')).value = to;
      if (agents.length === 0) void load();
    },
  };
}

/** 128 random bits; `randomUUID` is there in secure contexts only. */
function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @param {any} plan */
function verdict(plan) {
  const rows = [
    ['Number', plan.to],
    ['Shown to them', plan.from ?? 'what the carrier shows'],
    ['Trunk', plan.trunk_id],
    ['Agent', plan.agent],
    ['Pipeline', plan.pipeline],
    [
      'Dialled',
      plan.not_before ? moment(plan.not_before) : plan.position === undefined ? 'at once' : 'when a line is free',
    ],
    ...(plan.position === undefined ? [] : [['Before it in the line', String(plan.position)]]),
  ];
  return element(
    'div.notice',
    {},
    element('p', {}, element('strong', {}, 'Nothing forbids the call.')),
    element(
      'dl.facts',
      {},
      ...rows.flatMap(([term = '', value = '']) => [element('dt', {}, term), element('dd', {}, value)]),
    ),
    ruleList(plan.rules),
  );
}

/** @type {Record<string, [text: string, tone: string]>} */
const verdictWords = {
  passes: ['passes', 'live'],
  waits: ['waits', 'busy'],
  refuses: ['refuses', 'bad'],
  later: ['asked when due', 'calm'],
};

/** @param {any[] | undefined} rules What each said. */
function ruleList(rules) {
  return element(
    'ul.rules',
    { 'aria-label': 'What each rule says' },
    ...(rules ?? []).map(({ rule, verdict: said, reason }) => {
      const [text, tone] = verdictWords[said] ?? [said, 'calm'];
      return element(
        'li',
        {},
        element('span.chip', { 'data-tone': tone }, text),
        ` ${rule.replaceAll('_', ' ')}`,
        ...(reason ? [element('span.hint', {}, ` ${reason}`)] : []),
      );
    }),
  );
}

/** @param {any} error */
function objection(error) {
  const { rule, rules, field: wrong } = error?.body ?? {};
  return element(
    'div.notice.bad',
    { role: 'alert' },
    element('p', {}, error instanceof Error ? error.message : String(error)),
    ...(rule ? [element('p.hint', {}, `Rule: ${rule.replaceAll('_', ' ')}`)] : []),
    ...(wrong ? [element('p.hint', {}, 'Field: ', element('code', {}, wrong))] : []),
    ...(rules ? [ruleList(rules)] : []),
  );
}

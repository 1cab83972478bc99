import { bar, columnChart } from '../parts/chart.js';
import { element } from '../parts/element.js';
import { select } from '../parts/form.js';
import { count, duration, money, percent, span, whenExactly } from '../parts/format.js';
import { createNotice } from '../parts/notice.js';
import { createRefresh } from '../parts/refresh.js';
import { table } from '../parts/table.js';
import { problemsCard } from './problems.js';

const spans = /** @type {const} */ ([
  ['day', 'Last 24 hours'],
  ['week', 'Last 7 days'],
  ['month', 'Last 30 days'],
  ['quarter', 'Last 13 weeks'],
]);
const refreshMs = 30_000;
/** @type {Record<string, [label: string, tone: string]>} */
const stages = {
  end_of_turn_ms: ['End of turn', 'stage-turn'],
  stt_ms: ['Recognition', 'stage-stt'],
  llm_first_token_ms: ['Language model', 'stage-llm'],
  tts_first_audio_ms: ['Voice', 'stage-tts'],
  total_ms: ['Whole answer', 'stage-heard'],
};

/**
 * How calls went: what is wrong first, then how many, how well, how fast and for how much.
 *
 * @param {import('../shell/views.js').Context} context
 * @returns {import('../shell/views.js').View}
 */
export function createView({ api }) {
  const chosenSpan = select('span', spans);
  const chosenAgent = select('agent', [['', 'All agents']]);
  chosenSpan.value = 'week';
  chosenSpan.setAttribute('aria-label', 'Time');
  chosenAgent.setAttribute('aria-label', 'Agent');
  const notice = createNotice();
  const body = element('div.overview');
  const root = element(
    'div',
    {},
    element('div.view-head', {}, element('h1', {}, 'Overview'), element('div.view-tools', {}, chosenAgent, chosenSpan)),
    notice.root,
    body,
  );

  const refresh = createRefresh(async (signal) => {
    try {
      const query = new URLSearchParams({
        span: chosenSpan.value,
        ...(chosenAgent.value && { agent: chosenAgent.value }),
      });
      const [overview, health] = await Promise.all([
        api.get(`/api/overview?${query}`, signal),
        api.get('/health', signal),
        chosenAgent.length === 1 ? fillAgents() : undefined,
      ]);
      if (signal.aborted) return refreshMs;
      notice.clear();
      body.replaceChildren(...parts(overview, health, chosenAgent.value));
    } catch (error) {
      if (!signal.aborted) notice.fail(error);
      if (/** @type {any} */ (error)?.code === 'no_key') refresh.stop();
    }
    return refreshMs;
  });

  async function fillAgents() {
    const { agents } = await api.choices();
    chosenAgent.append(...agents.map(({ name }) => element('option', { value: name }, name)));
  }
  for (const each of [chosenSpan, chosenAgent]) each.addEventListener('change', () => refresh.start());

  return { root, show: () => refresh.start(), hide: () => refresh.stop() };
}

/**
 * @param {any} overview
 * @param {any} health
 * @param {string} agent Empty: all.
 */
function parts(overview, health, agent) {
  if (overview.totals.calls === 0) {
    return [
      problemsCard(overview, health),
      element(
        'section.card',
        {},
        element('h2', {}, 'No calls in this time'),
        element(
          'p.empty',
          {},
          element('a', { href: '#/talk' }, 'Talk to an agent'),
          ' in this browser, or ',
          element('a', { href: '#/place' }, 'place a phone call'),
          '.',
        ),
      ),
    ];
  }
  return [
    problemsCard(overview, health),
    tiles(overview),
    element('section.card', {}, element('h2', {}, 'Calls'), callsChart(overview)),
    element(
      'section.card',
      {},
      element('h2', {}, 'Cost'),
      Number(overview.totals.cost_usd) === 0 ? element('p.empty', {}, 'Nothing was spent.') : costChart(overview),
    ),
    latencies(overview.sample),
    reasons(overview, agent),
  ];
}

/** @param {any} overview */
function tiles({ totals, sample }) {
  const facts = [
    ['Calls', totals.calls.toLocaleString(), `${totals.failed.toLocaleString()} failed`],
    ['Answered', percent(totals.answer_rate), count(totals.answered, 'call')],
    ['Completed', percent(totals.completion_rate), 'of the answered'],
    [
      'Success',
      percent(sample.judged === 0 ? null : sample.succeeded / sample.judged),
      sample.judged === 0 ? 'no verdicts yet' : `of ${sample.judged} judged`,
    ],
    ['Talk time', duration(totals.talk_seconds), 'of all calls'],
    [
      'Cost',
      money(totals.cost_usd),
      totals.answered === 0 || Number(totals.cost_usd) === 0
        ? ''
        : `${money(totals.cost_usd / totals.answered)} per answer`,
    ],
  ];
  return element(
    'dl.tiles',
    {},
    ...facts.map(([term = '', value = '', more = '']) =>
      element(
        'div.tile',
        {},
        element('dt', {}, term),
        element('dd', {}, element('strong', {}, value), element('span.hint', {}, more)),
      ),
    ),
  );
}

/** @param {any} overview */
function callsChart({ buckets, bucket_seconds: seconds }) {
  return columnChart({
    title: 'Calls over time',
    columns: buckets.map((/** @type {any} */ each) => whenExactly(each.from, seconds)),
    series: [
      { name: 'Answered', tone: 'tone-good', values: buckets.map((/** @type {any} */ each) => each.answered) },
      {
        name: 'Not answered',
        tone: 'tone-calm',
        values: buckets.map((/** @type {any} */ each) => Math.max(0, each.calls - each.answered - each.failed)),
      },
      {
        name: 'Failed',
        tone: 'tone-bad',
        // Who failed after the answer is counted as answered.
        values: buckets.map((/** @type {any} */ each) => Math.min(each.failed, each.calls - each.answered)),
      },
    ],
    format: (value) => String(Math.round(value)),
  });
}

/** @param {any} overview */
function costChart({ buckets, bucket_seconds: seconds }) {
  return columnChart({
    title: 'Cost over time',
    columns: buckets.map((/** @type {any} */ each) => whenExactly(each.from, seconds)),
    series: [
      { name: 'Cost', tone: 'tone-cost', values: buckets.map((/** @type {any} */ each) => Number(each.cost_usd)) },
    ],
    format: (value) => money(value),
  });
}

/** @param {any} sample */
function latencies({ stages: found, calls }) {
  const longest = Math.max(1, ...found.map((/** @type {any} */ each) => each.p95_ms));
  return element(
    'section.card',
    {},
    element('h2', {}, 'How fast answers come'),
    found.length === 0
      ? element('p.empty', {}, 'No answer was measured yet.')
      : table(
          'Latency per stage',
          ['Stage', 'Median and 95 %', 'Median', '95 % within'],
          found.map((/** @type {any} */ each) => {
            const [label, tone] = stages[each.stage] ?? [each.stage, 'tone-calm'];
            return [
              label,
              element('div.bars', {}, bar(each.p50_ms / longest, tone), bar(each.p95_ms / longest, `${tone}.soft`)),
              span(each.p50_ms),
              span(each.p95_ms),
            ];
          }),
        ),
    element('p.hint', {}, `Of the newest ${count(calls, 'answered call')}. What a caller waits is the whole answer.`),
  );
}

/**
 * @param {any} overview
 * @param {string} agent
 */
function reasons({ end_reasons: found, from, totals }, agent) {
  const link = (/** @type {any} */ each) =>
    `#/calls?${new URLSearchParams({ end_reason: each.end_reason, created_after: from.slice(0, 10), ...(agent && { agent }) })}`;
  return element(
    'section.card',
    {},
    element('h2', {}, 'How calls ended'),
    found.length === 0
      ? element('p.empty', {}, 'None has ended yet.')
      : element(
          'ul.reasons',
          {},
          ...found.map((/** @type {any} */ each) =>
            element(
              'li',
              {},
              element('a', { href: link(each) }, sentence(each.text)),
              bar(
                each.calls / totals.calls,
                each.outcome === 'completed' ? 'tone-good' : each.outcome === 'failed' ? 'tone-bad' : 'tone-calm',
              ),
              element('span.number', {}, `${each.calls.toLocaleString()} (${percent(each.calls / totals.calls)})`),
            ),
          ),
        ),
  );
}

/** @param {string} text */
function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

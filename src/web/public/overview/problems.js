import { element } from '../parts/element.js';
import { count, span, when } from '../parts/format.js';

/**
 * What somebody should look at, with the calls that show it; the first thing on the page.
 *
 * @param {any} overview
 * @param {any} health
 */
export function problemsCard({ problems, sample, from }, { dependencies, status }) {
  const down = Object.entries(dependencies ?? {}).filter(([, { status: state }]) => state === 'down');
  const rows = [
    ...down.map(([name, { message }]) =>
      row('bad', `${name} is down`, message ?? 'Nothing can be said about why.', []),
    ),
    ...problems.map((/** @type {any} */ each) =>
      row(
        each.fault === 'operator' && each.end_reason === 'blocked_by_rule' ? 'busy' : 'bad',
        `${each.calls.toLocaleString()} × ${each.text}`,
        `At fault: ${each.fault}.`,
        each.newest,
        `#/calls?${new URLSearchParams({ end_reason: each.end_reason, created_after: from.slice(0, 10) })}`,
      ),
    ),
    ...(sample.cut_off.calls > 0
      ? [
          row(
            'busy',
            `The caller was cut off in ${sample.cut_off.calls} of ${count(sample.calls, 'call')}`,
            'They talked on within two seconds after their turn was taken as over.',
            sample.cut_off.newest,
          ),
        ]
      : []),
    ...(sample.slowest.length > 0
      ? [
          row(
            'busy',
            `Answers that took up to ${span(sample.slowest[0].slowest_ms)}`,
            'Everybody notices more than two and a half seconds.',
            sample.slowest,
          ),
        ]
      : []),
  ];
  return element(
    'section.card.problems',
    { 'aria-labelledby': 'problems-heading' },
    element('h2', { id: 'problems-heading' }, 'Problems'),
    rows.length === 0
      ? element('p.empty', {}, status === 'ok' ? 'None: nothing failed, and nothing is down.' : 'None among the calls.')
      : element('ul.problem-rows', {}, ...rows),
  );
}

/**
 * @param {'bad' | 'busy'} tone
 * @param {string} title
 * @param {string} why
 * @param {{ call_id: string, created_at: string }[]} calls
 * @param {string} [all] Where the rest is listed.
 */
function row(tone, title, why, calls, all) {
  return element(
    'li',
    {},
    element('span.chip', { 'data-tone': tone }, tone === 'bad' ? 'Failed' : 'Look'),
    element(
      'div',
      {},
      element('p.problem-title', {}, title),
      element('p.hint', {}, why),
      ...(calls.length === 0
        ? []
        : [
            element(
              'p.problem-calls',
              {},
              ...calls.flatMap(({ call_id: id, created_at: at }) => [
                element(
                  'a',
                  { href: `#/calls/${encodeURIComponent(id)}`, 'aria-label': `Call of ${when(at)}` },
                  when(at),
                ),
                ' ',
              ]),
              ...(all ? [element('a', { href: all }, 'All of them')] : []),
            ),
          ]),
    ),
  );
}

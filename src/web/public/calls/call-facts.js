import { element } from '../parts/element.js';
import { money, span, words } from '../parts/format.js';
import { at, table } from '../parts/table.js';
import { lengthOf, statusChip } from './call-list.js';

/** @param {any} call */
export function facts(call) {
  /** @type {[string, Node | string][]} */
  const rows = [
    ['Status', statusChip(call)],
    ['Ended because', call.end_reason_text ?? ''],
    ['Started', element('time', { datetime: call.created_at }, new Date(call.created_at).toLocaleString())],
    ['Length', lengthOf(call)],
    ['Answer time', answerTimes(call.latency?.total_ms)],
    ['Pipeline', call.pipeline ?? '–'],
    ['Call', element('code', {}, call.call_id)],
  ];
  return element(
    'dl.facts',
    {},
    ...rows.flatMap(([term, value]) => (value === '' ? [] : [element('dt', {}, term), element('dd', {}, value)])),
  );
}

/** @param {{ n: number, p50: number, p95: number } | undefined} totals Over all answers, milliseconds. */
function answerTimes(totals) {
  if (!totals) return '';
  if (totals.n === 1) return span(totals.p50);
  return `median ${span(totals.p50)}, 95 % within ${span(totals.p95)} (${totals.n} answers)`;
}

/** @param {any[]} taken What the caller asked to be passed on. */
export function messages(taken) {
  if (taken.length === 0) return [];
  return [
    element('h3', {}, taken.length === 1 ? 'Message' : 'Messages'),
    ...taken.map((message) => {
      const from = [message.caller_name, message.phone_number].filter(Boolean).join(', ');
      return element(
        'blockquote.message',
        {},
        element('p', {}, message.text),
        element('p.hint', {}, from || 'No name given'),
      );
    }),
  ];
}

/** @param {any[]} lines */
export function costs(lines) {
  if (lines.length === 0) return element('p.empty', {}, 'No cost lines yet.');
  return table(
    'Cost lines',
    ['What', 'Provider', 'Quantity', 'Price'],
    lines.map((line) => [
      line.component,
      `${line.provider}${line.model ? ` · ${line.model}` : ''}`,
      `${Number(line.quantity).toLocaleString()} ${words(line.unit)}`,
      money(line.usd),
    ]),
  );
}

/** @param {any[]} runs What the tools of the agent's file did. */
export function toolRuns(runs) {
  return table(
    'Tools',
    ['Tool', 'Arguments', 'What came of it', 'Answer', 'At'],
    runs.map((run) => [
      element('code', {}, run.tool),
      element('code.data', {}, JSON.stringify(run.arguments)),
      `${words(run.state)}${run.status === null ? '' : ` (${run.status})`}${run.note ? `: ${run.note}` : ''}`,
      element('code.data', {}, run.answer === null ? '' : JSON.stringify(run.answer)),
      at(run.created_at),
    ]),
  );
}

/**
 * What was given to the call with it.
 *
 * @param {any} call
 */
export function given(call) {
  const rows = [
    ...Object.entries(call.variables ?? {}).map(([name, value]) => [`Variable ${name}`, String(value)]),
    ...Object.entries(call.metadata ?? {}).map(([name, value]) => [`Metadata ${name}`, JSON.stringify(value)]),
    ...(call.lead_id ? [['Lead', call.lead_id]] : []),
  ];
  return rows.length === 0 ? null : table('Given with the call', ['What', 'Value'], rows);
}

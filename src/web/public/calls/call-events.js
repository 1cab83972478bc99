import { element } from '../parts/element.js';
import { clock, span, words } from '../parts/format.js';
import { table } from '../parts/table.js';

/**
 * What happened, as sentences; those of which nothing more is known are their name in words.
 *
 * @type {Record<string, (data: any) => string>}
 */
const sentences = {
  'call.queued': () => 'The call was accepted and waits for a line.',
  'call.dialing': ({ phone_number: number }) => `The phone is dialled${number ? `: ${number}` : ''}.`,
  'call.ringing': () => 'The phone rings.',
  'call.answered': () => 'Somebody answered.',
  'call.machine_detected': () => 'A machine answered.',
  'call.transferred': ({ to }) => `The call was handed over${to ? ` to ${to}` : ''}.`,
  'call.disclosed': () => 'The agent said that it is an AI.',
  'call.ended': ({ end_reason: reason }) => `The call ended${reason ? `: ${words(reason)}` : ''}.`,
  'call.analyzed': () => 'What came of the call was found out.',
  'call.attempt_ended': ({ outcome }) => `An attempt ended${outcome ? `: ${words(outcome)}` : ''}.`,
  'call.state': ({ state }) => `The call is ${words(state ?? 'changed')} now.`,
  'turn.caller': ({ text }) => `The caller said: “${text ?? ''}”`,
  'turn.caller_partial': ({ text }) => `The caller is saying: “${text ?? ''}”`,
  'turn.agent': ({ text }) => `The agent said: “${text ?? ''}”`,
  'turn.supervisor': ({ text }) => `The supervisor said: “${text ?? ''}”`,
  'turn.latency': ({ latency }) =>
    `The answer took ${latency?.total_ms === undefined ? 'a time that is not known' : span(latency.total_ms)}.`,
  'agent.state': ({ state }) => `The agent is ${words(state ?? 'busy')}.`,
  'agent.filler': ({ text }) => `The agent filled the wait${text ? `: “${text}”` : '.'}`,
  'tool.called': ({ tool, name, outcome }) =>
    `The agent used ${tool ?? name ?? 'a tool'}${outcome ? `: ${words(outcome)}` : ''}.`,
  'provider.failed': ({ provider, stage }) => `${provider ?? 'A provider'}${stage ? ` (${stage})` : ''} failed.`,
  'supervisor.joined': ({ mode }) => `A supervisor joined${mode ? ` to ${words(mode)}` : ''}.`,
  'supervisor.whispered': () => 'A supervisor told the agent something.',
  'supervisor.took_over': () => 'A supervisor has the call.',
  'supervisor.handed_back': () => 'The agent has the call again.',
  'agent.handed_off': ({ from, to }) => `${from ?? 'The agent'} handed the conversation to ${to ?? 'another agent'}.`,
  'backend.asked': ({ refused, reason, latency_ms: took, notes }) => {
    const waited = took === undefined ? '' : ` after ${span(took)}`;
    if (refused) return `Your backend refused the call${waited}${reason ? `: ${reason}` : ''}.`;
    return [`Your backend was asked${took === undefined ? '' : ` for ${span(took)}`}.`, ...(notes ?? [])].join(' ');
  },
  'knowledge.searched': ({ sources }) => {
    const found = [];
    for (const { source, heading } of sources ?? []) found.push(heading ? `${heading} (${source})` : source);
    return found.length > 0 ? `The papers were searched: ${found.join('; ')}.` : 'The papers hold nothing about it.';
  },
  'memory.recalled': ({ calls }) =>
    calls?.length === 1
      ? 'The agent has the result of an earlier call of this number.'
      : `The agent has the results of ${calls?.length ?? 'some'} earlier calls of this number.`,
  'digits.asked': ({ name, given }) =>
    given ? `${name} was given by ${given}.` : `The agent asked for ${name ?? 'digits'}, and nothing was given.`,
  'keys.heard': ({ digits }) => `The caller pressed ${digits ?? 'keys'}.`,
  'recording.consent': ({ answer }) =>
    answer === 'yes' ? 'The caller agreed to be recorded.' : 'The caller did not agree to be recorded.',
  'recording.paused': () => "The caller's side is not recorded for a moment.",
  'recording.resumed': () => "The caller's side is recorded again.",
  'recording.started': () => 'The call is being recorded.',
  'recording.failed': () => 'The recording failed.',
  'recording.ended': () => 'The recording ended.',
};

/**
 * @param {any[]} all
 * @param {string} startedAt
 */
export function events(all, startedAt) {
  if (all.length === 0) return element('p.empty', {}, 'No events yet.');
  const started = Date.parse(startedAt);
  return table(
    'Events',
    ['At', 'What happened', 'Raw'],
    all.map((event) => [
      clock(Date.parse(event.at) - started),
      sentences[event.type]?.(event.data ?? {}) ?? `${words(event.type)}.`,
      raw(event),
    ]),
  );
}

/** @param {any} event */
function raw({ type, data }) {
  const isEmpty = Object.keys(data ?? {}).length === 0;
  if (isEmpty) return element('code', {}, type);
  return element(
    'details.raw',
    {},
    element('summary', {}, element('code', {}, type)),
    element('code.data', {}, JSON.stringify(data)),
  );
}

import type { CompiledScript } from '../compile-script.ts';
import { pending } from './pending.ts';
import { generalDestination } from '../reaches.ts';
import { introduced, readMention } from '../reading/read-slot.ts';
import { advance, leave, startTask } from './run-task.ts';
import { aside, idle, type Move, type Talk } from './talk.ts';

/** The same is asked or offered so often in a row; then there is another way, or an end. */
export const tries = 3;

/** Connects the caller, once per call; the tool itself says so to them. */
function connect({ reaches, destination }: CompiledScript, talk: Talk, utterance: string): Move | undefined {
  const general = generalDestination(reaches);
  if (general === undefined || talk.connected) return undefined;
  const { name, phone } = { ...talk.known, ...introduced(utterance) };
  const summary = [name, phone, ...talk.unanswered, utterance].filter(Boolean).join('. ');
  const args = { destination: destination(utterance) ?? general, summary };
  return { talk: { ...aside(talk), connected: true }, say: [], call: { tool: 'transfer-call', args } };
}

/** The caller asks for a person: connects where the call can, else says that it can not and offers a message. */
export function reachPerson(compiled: CompiledScript, talk: Talk, utterance: string): Move {
  const connected = connect(compiled, talk, utterance);
  if (connected) return connected;
  const { message, script, say } = compiled;
  if (!message || talk.task?.id === message.id) {
    return { talk, say: [say(script.phrases.no_person), ...pending(compiled, talk)] };
  }
  return { talk: { ...aside(talk), offered: true }, say: [say(script.phrases.human)] };
}

/**
 * Nothing in the script fits: offers a message once. When that is neither taken nor refused and more comes that does not
 * fit, it is connected to a person or taken down without asking again.
 */
export function unknown(compiled: CompiledScript, talk: Talk, utterance: string): Move {
  const { message, script, say, reaches } = compiled;
  const unanswered = utterance === '' ? talk.unanswered : [...talk.unanswered, utterance];
  const next = { ...talk, known: { ...talk.known, ...introduced(utterance) }, unanswered, misses: talk.misses + 1 };
  const meant = reaches.transfers.length > 0 && compiled.destination(utterance) !== undefined;
  if (meant || (talk.offered && utterance !== '')) {
    const connected = connect(compiled, talk, utterance);
    if (connected) return connected;
  }
  if (talk.offered && message && utterance !== '') return takeDown(compiled, next);
  if (next.misses >= tries) return giveUp(compiled, next);
  if (message) return { talk: { ...aside(next), misses: next.misses, offered: true }, say: [say(script.unknown)] };
  const question = talk.task ? pending(compiled, talk) : [];
  return { talk: next, say: [say(script.phrases.not_known), ...question] };
}

/** Not a word was understood: asks again, then offers a message, then ends. */
export function notUnderstood(compiled: CompiledScript, talk: Talk): Move {
  const misses = talk.misses + 1;
  if (misses > tries) return giveUp(compiled, talk);
  if (misses > 1 && !talk.offered) return unknown(compiled, talk, '');
  const question = talk.offered ? pending(compiled, talk) : [];
  return { talk: { ...talk, misses }, say: [compiled.say(compiled.script.phrases.again), ...question] };
}

/** Begins the message with all that could not be answered, and asks for what else it needs. */
export function takeDown(compiled: CompiledScript, talk: Talk, agreement?: string): Move {
  const { message, script, say } = compiled;
  if (!message) return giveUp(compiled, talk);
  const text = message.slots.find(({ kind }) => kind === 'text');
  const told = text && agreement !== undefined ? readMention(text, agreement) : undefined;
  const asked = talk.unanswered.map((each) => each.replace(/[.\s]+$/, '')).join('. ');
  const move = startTask(compiled, idle(talk), message, agreement ?? talk.unanswered.join('. '));
  if (!text || !move.talk.task || asked.split(/\s+/).length < 4 || told !== undefined) return move;
  const values = { ...move.talk.task.values, [text.id]: asked };
  const said = agreement === undefined ? [say(script.phrases.take_it_down)] : [];
  return advance(compiled, move.talk, { ...move.talk.task, values }, said);
}

/** Says that it cannot help, and ends the call. */
export function giveUp(compiled: CompiledScript, talk: Talk): Move {
  const goodbye = leave(compiled, talk);
  return { ...goodbye, say: [compiled.say(compiled.script.phrases.cannot_help), ...goodbye.say] };
}

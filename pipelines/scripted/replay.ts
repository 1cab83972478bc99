import type { CompiledScript } from './compile-script.ts';
import { pending, respond } from './respond.ts';
import { failed, finish } from './run-task.ts';
import { beginning, idle, type Move, type Talk } from './talk.ts';

/** One line of a transcript. Tools are named as in agent files (`take-message`). */
export type HistoryItem =
  | { type: 'caller'; text: string }
  | { type: 'agent'; text: string; interrupted?: boolean }
  | { type: 'call'; tool: string }
  | { type: 'result'; tool: string; failed: boolean };

/** Where the conversation stands after a transcript, and the move that answers its last line. */
export type Replayed = { talk: Talk; move?: Move };

/**
 * Goes through a transcript turn by turn. What the agent would have said is worked out again, what really happened decides:
 * a tool counts as called only if the transcript shows it, and two utterances with nothing heard between them are one turn.
 */
export function replay(compiled: CompiledScript, history: readonly HistoryItem[]): Replayed {
  const turns = joinUtterances(history);
  let talk = openingTalk(compiled, turns);
  let move: Move | undefined;
  for (const item of turns) {
    switch (item.type) {
      case 'caller':
        move = respond(compiled, afterTool(talk), item.text);
        talk = spoken(talk, move);
        break;
      case 'agent':
        if (move && isPlanned(move, item.text)) move = undefined;
        talk = afterDone(compiled, { ...talk, last: lastSaid(talk.last, item) }, item.text.trim());
        break;
      case 'call':
        talk = called(compiled, talk, item.tool);
        move = undefined;
        break;
      case 'result':
        move = answerTool(compiled, talk, item);
        talk = spoken(talk, move);
    }
  }
  return { talk, ...(move && { move }) };
}

function joinUtterances(history: readonly HistoryItem[]): HistoryItem[] {
  const turns: HistoryItem[] = [];
  for (const item of history) {
    const before = turns.at(-1);
    if (item.type === 'caller' && before?.type === 'caller') {
      turns[turns.length - 1] = { type: 'caller', text: `${before.text} ${item.text}`.trim() };
    } else turns.push(item);
  }
  return turns;
}

/** A task that opens is under way before the caller says a word; the greeting may have asked its first question already. */
function openingTalk({ opening, say }: CompiledScript, turns: readonly HistoryItem[]): Talk {
  const first = opening?.slots[0];
  if (!opening || !first) return beginning;
  const callerFirst = turns.findIndex(({ type }) => type === 'caller');
  const greeting = turns.slice(0, callerFirst < 0 ? turns.length : callerFirst).filter((item) => item.type === 'agent');
  const unasked = !greeting.some(({ text }) => text.includes('?') || text.includes(say(first.ask)));
  const task = { id: opening.id, values: {}, awaiting: { slot: first.id }, misses: 0, digits: '', leaving: false };
  return { ...beginning, task: { ...task, unasked } };
}

function spoken(talk: Talk, move: Move): Talk {
  const said = move.say.join(' ');
  const repeats = said === '' || said.endsWith(talk.last);
  return { ...move.talk, last: repeats && talk.last !== '' ? talk.last : said };
}

/** The transcript decides what was said last, unless it only holds the beginning of what was meant. */
function lastSaid(planned: string, item: { text: string; interrupted?: boolean }): string {
  const heard = item.text.trim();
  return heard === '' || planned.startsWith(heard) || (item.interrupted && planned !== '') ? planned : heard;
}

/** Fillers and words of another model leave the move open: it was not spoken. */
function isPlanned({ say }: Move, heard: string): boolean {
  const planned = say.join(' ');
  return planned !== '' && (planned.startsWith(heard.trim()) || heard.trim().startsWith(planned));
}

function called({ tasks }: CompiledScript, talk: Talk, tool: string): Talk {
  const task = talk.task && tasks.get(talk.task.id);
  return talk.task && task?.tool === tool ? { ...talk, task: { ...talk.task, awaiting: 'running' } } : talk;
}

/** A transcript that another process kept has no tools in it: what is said after one shows that it ran. */
function afterDone(compiled: CompiledScript, talk: Talk, heard: string): Talk {
  const task = talk.task?.awaiting === 'tool' ? compiled.tasks.get(talk.task.id) : undefined;
  if (!task || heard === '') return talk;
  const { talk: next, say } = finish(compiled, talk);
  const done = say.join(' ');
  return done.startsWith(heard) || heard.startsWith(done) ? { ...next, last: talk.last } : talk;
}

/** The caller spoke after a tool was due. If it never ran, the read-back is open again; if it did, the task is over. */
function afterTool(talk: Talk): Talk {
  if (talk.task?.awaiting === 'running') return idle(talk);
  return talk.task?.awaiting === 'tool' ? { ...talk, task: { ...talk.task, awaiting: 'confirm' } } : talk;
}

function answerTool(compiled: CompiledScript, talk: Talk, result: { tool: string; failed: boolean }): Move {
  const task = talk.task && compiled.tasks.get(talk.task.id);
  if (task?.tool === result.tool && talk.task?.awaiting === 'running') {
    return result.failed ? failed(compiled, talk) : finish(compiled, talk);
  }
  return result.tool === 'end-call' ? { talk, say: [] } : { talk, say: pending(compiled, talk) };
}

import type { CompiledScript } from './compile-script.ts';
import { answerTool } from './turns/answer-tool.ts';
import { respond } from './turns/respond.ts';
import { finish } from './turns/run-task.ts';
import { beginning, idle, type Move, newTask, type Talk } from './turns/talk.ts';
import type { ToolResult } from './tool-answer.ts';

/** One line of a transcript. Tools are named as in agent files (`take-message`). */
export type HistoryItem =
  /** `papers`: what papers of the agent say about that, as it may be told. */
  | { type: 'caller'; text: string; papers?: string }
  | { type: 'agent'; text: string; interrupted?: boolean }
  | { type: 'call'; tool: string }
  | ({ type: 'result'; tool: string } & ToolResult);

/** Where the conversation stands after a transcript, and the move that answers its last line. */
export type Replayed = { talk: Talk; move?: Move | undefined };

/** Of what a caller says in one turn, characters. Two minutes of fast speech; what is beyond is not read. */
const longestUtterance = 2_000;
/** So often a caller hears that a tool still runs; then it counts as over. */
const mostPatience = 5;
/** Steps kept; a long call has a few hundred. */
const rememberedSteps = 5_000;

type Step = Replayed & { next: Map<string, Step> };

/**
 * Goes through transcripts turn by turn. What the agent would have said is worked out again, what really happened decides: a
 * tool counts as called only if the transcript shows it, and two utterances with nothing heard between them are one turn.
 * The beginning of a transcript that was seen before is not worked out again, which changes nothing but the time it takes.
 */
export function createReplay(compiled: CompiledScript): (history: readonly HistoryItem[]) => Replayed {
  const beginnings = new Map<boolean, Step>();
  let steps = 0;
  return (history) => {
    const turns = joinUtterances(history);
    if (steps > rememberedSteps) {
      beginnings.clear();
      steps = 0;
    }
    const asked = greetingAsks(compiled, turns);
    let step: Step = beginnings.get(asked) ?? { talk: openingTalk(compiled, asked), next: new Map() };
    beginnings.set(asked, step);
    for (const item of turns) {
      const key = JSON.stringify(item);
      const known = step.next.get(key);
      const next = known ?? { ...follow(compiled, step, item), next: new Map<string, Step>() };
      if (!known) {
        step.next.set(key, next);
        steps++;
      }
      step = next;
    }
    return step;
  };
}

/** Where the conversation stands after each item of a transcript that is read once. */
export function replayed(compiled: CompiledScript, history: readonly HistoryItem[]): Replayed[] {
  const steps: Replayed[] = [];
  let turn: HistoryItem | undefined;
  let before: Replayed = { talk: openingTalk(compiled, greetingAsks(compiled, history)) };
  let after = before;
  for (const item of history) {
    const joined = joinUtterances(turn ? [turn, item] : [item]);
    // What was said further belongs to the same turn, and is answered with it.
    if (joined.length === 2 || !turn) before = after;
    turn = joined.at(-1);
    after = turn ? follow(compiled, before, turn) : after;
    steps.push(after);
  }
  return steps;
}

function follow(compiled: CompiledScript, { talk, move }: Replayed, item: HistoryItem): Replayed {
  switch (item.type) {
    case 'caller':
      return made(talk, whileRunning(compiled, talk) ?? respond(compiled, afterTool(talk), item.text, item.papers));
    case 'agent': {
      const heard = { ...talk, last: lastSaid(talk.last, item) };
      if (saysDone(compiled, talk, item.text.trim()))
        return { talk: { ...finish(compiled, talk).talk, last: heard.last } };
      return { talk: heard, move: move && isPlanned(move, item.text) ? undefined : move };
    }
    case 'call':
      return { talk: called(compiled, talk, item.tool) };
    case 'result':
      return made(talk, answerTool(compiled, talk, item));
  }
}

function joinUtterances(history: readonly HistoryItem[]): HistoryItem[] {
  const turns: HistoryItem[] = [];
  for (const item of history) {
    const before = turns.at(-1);
    if (item.type === 'caller') {
      const joined = before?.type === 'caller' ? `${before.text} ${item.text}`.trim() : item.text;
      const { papers } = item;
      const turn = {
        type: 'caller' as const,
        text: joined.slice(0, longestUtterance),
        ...(papers !== undefined && { papers }),
      };
      if (before?.type === 'caller') turns[turns.length - 1] = turn;
      else turns.push(turn);
    } else turns.push(item);
  }
  return turns;
}

/** Whether the greeting asked something already, so that the caller's first words may answer the opening task. */
function greetingAsks({ opening, say }: CompiledScript, turns: readonly HistoryItem[]): boolean {
  const first = opening?.slots[0];
  const callerFirst = turns.findIndex(({ type }) => type === 'caller');
  const greeting = turns.slice(0, callerFirst < 0 ? turns.length : callerFirst).filter((item) => item.type === 'agent');
  return first !== undefined && greeting.some(({ text }) => text.includes('?') || text.includes(say(first.ask)));
}

/** A task that opens is under way before the caller says a word. */
function openingTalk({ opening }: CompiledScript, asked: boolean): Talk {
  const first = opening?.slots[0];
  if (!opening || !first) return beginning;
  const awaiting = { slot: first.id };
  return {
    ...beginning,
    task: { ...newTask(opening.id), awaiting, unasked: !asked },
  };
}

/** The move, with the talk as it stands once the move is spoken. A text that is said again does not count as said last. */
function made(talk: Talk, move: Move): Replayed {
  const said = move.say.join(' ');
  const repeats = said === '' || (talk.last !== '' && said.endsWith(talk.last));
  return { talk: { ...move.talk, last: repeats ? talk.last : said }, move };
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
function saysDone(compiled: CompiledScript, talk: Talk, heard: string): boolean {
  if (talk.task?.awaiting !== 'tool' || heard === '') return false;
  // What the tool answered is not known: what is said before it tells enough.
  const done = finish(compiled, talk, [], unknownAnswer).say.join(' ');
  const [known = ''] = done.split(unknownAnswer);
  return known !== '' && (known.startsWith(heard) || heard.startsWith(known));
}

/** Stands for what is not known of an answer. No text of a script holds it. */
const unknownAnswer = '\uFFFF';

/** The caller speaks while a tool runs: it goes on, and what comes of it is said when it is there. */
function whileRunning({ script, say }: CompiledScript, talk: Talk): Move | undefined {
  const { task } = talk;
  if (task?.awaiting !== 'running' || task.misses >= mostPatience) return undefined;
  return { talk: { ...talk, task: { ...task, misses: task.misses + 1 } }, say: [say(script.phrases.working)] };
}

/** The caller spoke after a tool was due. If it never ran, the read-back is open again; if it did, the task is over. */
function afterTool(talk: Talk): Talk {
  if (talk.task?.awaiting === 'running') return idle(talk);
  return talk.task?.awaiting === 'tool' ? { ...talk, task: { ...talk.task, awaiting: 'confirm' } } : talk;
}

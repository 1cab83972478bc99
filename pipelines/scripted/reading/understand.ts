import type { CompiledScript, Task } from '../compile-script.ts';
import { withoutName } from './read-name.ts';
import { type Command, isQuestion, readCommand } from './read-command.ts';
import { tokenize } from './tokenize.ts';

/** What an utterance means, before it is known what was asked. */
export type Heard = {
  utterance: string;
  words: readonly string[];
  command: Command | undefined;
  question: boolean;
  /** Facts that are asked for, in the order of the questions. */
  facts: readonly string[];
  /** How surely a fact is asked for, 0–1. */
  factScore: number;
  task: Task | undefined;
  taskScore: number;
  /** What papers of the agent say about it. */
  papers?: string;
};

/** From here on a fact is answered or a task begun. */
const accepted = 0.5;
/** From here on an intent of the script is meant rather than a general command. */
const sure = 0.75;
const answersAtOnce = 3;

/** Wants to know something of others, and so asks for nothing to be done: "when will they call me". */
const asksAbout =
  /^(?:(?:and|but|so|ok|okay|um|uh|sorry|oh) )*(?:why|when|who|what|how|where) (?:will|are|is|do|did|does|was|would) (?:they|he|she|it|you(?! have)|the)\b|^(?:is|are|was|were) (?!there|it (?:possible|ok|okay|alright|too late)|any|some|you free)/;
const noise = new Set(['uh', 'um', 'er', 'ah', 'oh', 'hmm', 'hm', 'mm', 'eh']);

/** Reads an utterance by the script and by what callers say to any agent. */
export function understand(compiled: CompiledScript, utterance: string): Heard {
  const words = tokenize(utterance).filter((word) => !noise.has(word));
  const matches = compiled.match(withoutName(utterance) || utterance).filter(({ score }) => score >= accepted);
  const command = readCommand(utterance);
  const best = matches[0]?.score ?? 0;
  const general = command && (best < sure || command === 'how-are-you' || command === 'robot') ? command : undefined;
  const facts = matches.filter(({ id }) => compiled.facts.has(id));
  const asks = asksAbout.test(words.join(' '));
  const task = asks ? undefined : matches.find(({ id }) => compiled.tasks.has(id));
  return {
    utterance,
    words,
    command: general,
    question: isQuestion(utterance),
    facts: facts
      .slice(0, answersAtOnce)
      .sort((a, b) => a.at - b.at)
      .map(({ id }) => id),
    factScore: facts[0]?.score ?? 0,
    task: task && compiled.tasks.get(task.id),
    taskScore: task?.score ?? 0,
  };
}

/** The answers of the facts that were asked for. */
export function answers(compiled: CompiledScript, heard: Heard): string[] {
  return heard.facts.map((id) => compiled.say(compiled.facts.get(id)?.answer ?? ''));
}

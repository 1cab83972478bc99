import type { Script } from './script.ts';
import { fillTemplate, placeholdersIn } from './fill-template.ts';
import { createIntentMatcher, type IntentMatch } from './reading/match-intents.ts';
import { destinationFinder, type Reaches } from './reaches.ts';
import type { Slot, SlotValue } from './reading/read-slot.ts';
import { speakValue } from './reading/read-slot.ts';
import { isOfAnswer, spokenAnswer } from './tool-answer.ts';

export type Task = Script['tasks'][number];
export type Values = Readonly<Record<string, SlotValue>>;

/** A script made ready for one call: variables known, examples weighed. */
export type CompiledScript = {
  script: Script;
  match: (utterance: string) => readonly IntentMatch[];
  facts: ReadonlyMap<string, Script['facts'][number]>;
  tasks: ReadonlyMap<string, Task>;
  /** Starts with the first turn. */
  opening: Task | undefined;
  /** Takes down what nothing else fits. */
  message: Task | undefined;
  reaches: Reaches;
  /** The transfer that an utterance asks for by its name or purpose. */
  destination: (utterance: string) => string | undefined;
  /** A text of the script with variables and, within a task, the answers so far and what its tool answered. */
  say: (text: string, within?: { task: Task; values: Values; answer?: unknown }) => string;
};

/** @throws Error naming the placeholders that neither a variable nor a slot fills. */
export function compileScript(script: Script, variables: Record<string, string>, reaches: Reaches): CompiledScript {
  const missing = unfilled(script, new Set(Object.keys(variables)));
  if (missing.length > 0) throw new Error(`the script uses {{${missing.join('}}, {{')}}}, which has no value`);
  const tasks = new Map(script.tasks.map((task) => [task.id, task]));
  const say: CompiledScript['say'] = (text, within) =>
    fillTemplate(text, (name) => {
      if (within && isOfAnswer(name)) return spokenAnswer(within.answer, name);
      const slot = within?.task.slots.find(({ id }) => id === name);
      if (!slot || !within) return variables[name] ?? '';
      return speakValue(slot, within.values[name] ?? null, script.phrases.not_given);
    });
  const intents = [...script.facts, ...script.tasks].map(({ id, examples }) => ({
    id,
    examples: examples.map((example) => say(example)),
  }));
  return {
    script,
    match: createIntentMatcher(intents),
    facts: new Map(script.facts.map((fact) => [fact.id, fact])),
    tasks,
    opening: script.tasks.find((task) => task.opens),
    message: tasks.get('message'),
    reaches,
    destination: destinationFinder(reaches),
    say,
  };
}

/** The value of a slot as a tool takes it: digits rather than words. */
export function toolText(slot: Slot, value: SlotValue, notGiven: string): string {
  return typeof value === 'string' ? value : speakValue(slot, value, notGiven);
}

/** Placeholders of a script that nothing fills. */
export function unfilled(script: Script, variables: ReadonlySet<string>): string[] {
  const { facts, tasks, phrases, ...single } = script;
  const general = [
    ...Object.values(single),
    ...Object.values(phrases),
    ...facts.map(({ answer }) => answer),
    ...[...facts, ...tasks].flatMap(({ examples }) => examples),
  ];
  const names = general.flatMap(placeholdersIn).filter((name) => !variables.has(name));
  for (const task of tasks) {
    const slots = new Set(task.slots.map(({ id }) => id));
    const texts = [
      ...task.slots.flatMap(({ ask, retry }) => [ask, retry ?? '']),
      task.confirm ?? '',
      ...Object.values(task.args ?? {}),
    ];
    const afterwards = [task.done, task.refused?.say ?? ''].flatMap(placeholdersIn).filter((name) => !isOfAnswer(name));
    const used = [...texts.flatMap(placeholdersIn), ...afterwards];
    names.push(...used.filter((name) => !variables.has(name) && !slots.has(name)));
  }
  return [...new Set(names)];
}

import { type CompiledScript, type Task, toolText, type Values } from '../compile-script.ts';
import { readMention, type Slot, type SlotValue, withoutValue } from '../reading/read-slot.ts';
import { type ActiveTask, idle, type Move, newTask, resumed, type Talk, type ToolCall } from './talk.ts';

/** Says goodbye and hangs up. */
export function leave({ script, say }: CompiledScript, talk: Talk): Move {
  const { suspended: _, ...rest } = idle(talk);
  return { talk: rest, say: [say(script.goodbye)], call: { tool: 'end-call', args: {} } };
}

/** Goes on with the task that was put aside; without one, asks whether there is anything else. */
export function close(compiled: CompiledScript, talk: Talk, said: string[]): Move {
  const { script, say } = compiled;
  const { suspended } = talk;
  const task = suspended && compiled.tasks.get(suspended.id);
  if (suspended && task) {
    const values = { ...knownValues(talk, task), ...suspended.values };
    return advance(compiled, resumed(talk), { ...suspended, values }, said);
  }
  return { talk: { ...idle(talk), closing: true }, say: [...said, say(script.anything_else)] };
}

/** Begins a task with what is known and what was said in the same breath, and asks for the rest. */
export function startTask(compiled: CompiledScript, talk: Talk, task: Task, utterance: string): Move {
  const values = { ...knownValues(talk, task), ...mentions(task.slots, utterance) };
  return advance(compiled, talk, newTask(task.id, values));
}

function knownValues({ known }: Talk, task: Task): Record<string, SlotValue> {
  const values: Record<string, SlotValue> = {};
  for (const { id, kind } of task.slots) {
    const value = kind === 'name' ? known.name : kind === 'phone' ? known.phone : undefined;
    if (value !== undefined) values[id] = value;
  }
  return values;
}

/** Values of slots that were said without being asked for. */
export function mentions(slots: readonly Slot[], utterance: string): Record<string, SlotValue> {
  const values: Record<string, SlotValue> = {};
  let rest = utterance;
  // A phone number would otherwise be read as times, and "the fifth at five" as two of one kind.
  for (const slot of slots.toSorted((a, b) => readOrder.indexOf(b.kind) - readOrder.indexOf(a.kind))) {
    const value = readMention(slot, slot.kind === 'text' ? utterance : rest);
    if (value === undefined) continue;
    values[slot.id] = value;
    rest = withoutValue(slot, rest);
  }
  return values;
}

const readOrder: readonly Slot['kind'][] = ['time', 'date', 'phone'];

/** Asks for the first value that is missing; with all of them, reads back; without a read-back, runs the tool. */
export function advance(compiled: CompiledScript, talk: Talk, active: ActiveTask, said: string[] = []): Move {
  const task = compiled.tasks.get(active.id);
  if (!task) return close(compiled, talk, said);
  const missing = task.slots.find(({ id }) => !(id in active.values));
  const next = { ...idle(talk), known: remembered(talk, task, active.values) };
  const fresh = { ...active, misses: 0, unasked: false };
  if (missing) {
    const awaiting = { slot: missing.id };
    return { talk: { ...next, task: { ...fresh, awaiting } }, say: [...said, compiled.say(missing.ask)] };
  }
  if (task.confirm && !active.leaving) {
    const readBack = compiled.say(task.confirm, { task, values: active.values });
    return { talk: { ...next, task: { ...fresh, awaiting: 'confirm' } }, say: [...said, readBack] };
  }
  return runTool(compiled, next, fresh, said);
}

/** Calls the task's tool, or is done where it has none. */
export function runTool(compiled: CompiledScript, talk: Talk, active: ActiveTask, said: string[] = []): Move {
  const task = compiled.tasks.get(active.id);
  if (!task?.tool) return finish(compiled, { ...talk, task: active }, said);
  const call = { tool: task.tool, args: toolArguments(compiled, task, active.values) };
  return { talk: { ...talk, task: { ...active, awaiting: 'tool' } }, say: said, call };
}

/** After the task's tool has run: says so, then ends the call or asks for more. */
export function finish(compiled: CompiledScript, talk: Talk, said: string[] = [], answer?: unknown): Move {
  const task = talk.task && compiled.tasks.get(talk.task.id);
  if (!task || !talk.task) return close(compiled, talk, said);
  const { values } = talk.task;
  const done = [...said, doneText(compiled, task, values, answer)];
  const over = { ...talk, finished: { ...talk.finished, [task.id]: withCallNumber(compiled, task, values) } };
  if (!task.ends && !talk.task.leaving) return close(compiled, over, done);
  const goodbye = leave(compiled, over);
  return { ...goodbye, say: [...done, ...goodbye.say] };
}

/** What is said when a task is done. */
export function doneText({ script, say }: CompiledScript, task: Task, values: Values, answer?: unknown): string {
  // What is said at the end promises a call back; nobody can be called without a number.
  const unreachable = task.slots.some(({ id, kind }) => kind === 'phone' && values[id] === null);
  return say(unreachable ? script.phrases.noted_without_number : task.done, { task, values, answer });
}

/** The tool failed or is not there: says so and offers to try again. Nothing the caller said is forgotten. */
export function failed(compiled: CompiledScript, talk: Talk): Move {
  if (!talk.task) return close(compiled, talk, []);
  return {
    talk: { ...talk, task: { ...talk.task, awaiting: 'retry', leaving: false, misses: talk.task.misses + 1 } },
    say: [compiled.say(compiled.script.phrases.failed)],
  };
}

function toolArguments(compiled: CompiledScript, task: Task, all: Values): ToolCall['args'] {
  const { script, say } = compiled;
  const notGiven = script.phrases.not_given;
  const values = withCallNumber(compiled, task, all);
  if (!task.args) {
    const given = Object.entries(values).filter(
      (entry): entry is [string, string | number | boolean] => entry[1] !== null,
    );
    return Object.fromEntries(given);
  }
  const texts = Object.fromEntries(
    task.slots.map((slot) => [slot.id, toolText(slot, values[slot.id] ?? null, notGiven)]),
  );
  const plain = { ...task, slots: task.slots.map((slot) => ({ ...slot, kind: 'text' as const })) };
  const filled = Object.entries(task.args).map(([name, text]) => [name, say(text, { task: plain, values: texts })]);
  return Object.fromEntries(filled.filter(([, text]) => text !== notGiven));
}

/** "The number of this call" is spoken so, and passed on as what it is. */
function withCallNumber({ script, say, reaches }: CompiledScript, task: Task, values: Values): Values {
  const { callNumber } = reaches;
  const thisNumber = say(script.phrases.this_number);
  const meant = task.slots.filter(({ id, kind }) => kind === 'phone' && values[id] === thisNumber);
  return callNumber ? { ...values, ...Object.fromEntries(meant.map(({ id }) => [id, callNumber])) } : values;
}

function remembered(talk: Talk, task: Task, values: Values): Talk['known'] {
  const of = (kind: Slot['kind']) => {
    const slot = task.slots.find((each) => each.kind === kind);
    return slot ? (values[slot.id] ?? undefined) : undefined;
  };
  const name = of('name') ?? talk.known.name;
  const phone = of('phone') ?? talk.known.phone;
  return { ...(name !== undefined && { name }), ...(phone !== undefined && { phone }) };
}

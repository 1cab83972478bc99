import { compileScript } from '../../../../pipelines/scripted/compile-script.ts';
import { createReplay, type HistoryItem } from '../../../../pipelines/scripted/replay.ts';
import type { SlotValue } from '../../../../pipelines/scripted/reading/read-slot.ts';
import type { Talk } from '../../../../pipelines/scripted/turns/talk.ts';
import { converse, type Line, type ScriptedAgent } from '../agent-scripts.ts';
import { leadUps } from './lead-ups.ts';
import type { Sentence } from './sentence.ts';

type Seen = { agent: ScriptedAgent; before: Talk; after: Talk; line: Line };
type Script = ScriptedAgent['script'];

/** What the agent did instead; undefined where it did what a clerk would. */
export function missed(agent: ScriptedAgent, [situation, said, does]: Sentence): string | undefined {
  const seen = see(agent, [...(leadUps[agent.name]?.[situation] ?? []), said]);
  if (does.split(' | ').some((acts) => did(seen, acts))) return undefined;
  const { line, after } = seen;
  return `${agent.name} ${situation}: "${said}" should ${does}, but said "${line.text}" ${line.tool ?? ''} ${JSON.stringify(after.task?.values ?? {})}`;
}

function see(agent: ScriptedAgent, utterances: readonly string[]): Seen {
  const replay = createReplay(compileScript(agent.script, agent.variables, agent.reaches));
  const history: HistoryItem[] = [{ type: 'agent', text: agent.greeting }];
  converse(agent, utterances.slice(0, -1), [], history);
  const before = replay(history).talk;
  const [line] = converse(agent, utterances.slice(-1), [], history);
  return { agent, before, after: replay(history).talk, line: line ?? { text: '' } };
}

function did(seen: Seen, acts: string): boolean {
  const [, plain = '', collected, values = ''] = /^(.*?)(?:(?:^| )(fill|begin:\S+))?((?: \w+=.*)?)$/.exec(acts) ?? [];
  const begun = collected?.startsWith('begin:') ? begins(seen, collected.slice('begin:'.length)) : true;
  const pairs = [...values.matchAll(/(\w+)=(.*?)(?= \w+=|$)/g)];
  const held = pairs.every(([, slot = '', value = '']) => holds(seen.after.task?.values[slot], value, seen.agent));
  return (
    begun &&
    held &&
    plain
      .split(' ')
      .filter(Boolean)
      .every((act) => sees(seen, act))
  );
}

/** One act of the list in `sentence.ts`. */
function sees(seen: Seen, act: string): boolean {
  const { agent, before, after, line } = seen;
  const { script } = agent;
  const says = (text: string) => line.text.includes(filled(agent, text));
  const [verb = '', of = ''] = act.split(':');
  switch (verb) {
    case 'answer':
      return of.split('+').every((id) => says(script.facts.find((fact) => fact.id === id)?.answer ?? 'no such answer'));
    case 'ask':
      return asked(after) === of;
    case 'same-question':
      return before.task?.id === after.task?.id && asked(before) === asked(after) && line.text.trim().endsWith('?');
    case 'go-on':
      return says(script.phrases.go_on);
    case 'not-given':
      return after.task?.values[of] === null;
    case 'missing':
      return asked(after) === of && line.text !== '' && !line.ended;
    case 'save':
      return line.tool === 'take-message';
    case 'fix':
      return says(script.phrases.what_to_change);
    case 'drop':
      return says(script.phrases.dropped);
    case 'transfer':
      return line.tool === 'transfer-call';
    case 'cannot-transfer':
      return says(script.phrases.human);
    case 'offer':
      return says(script.unknown);
    case 'end':
      return line.ended === true;
    case 'repeat':
      return says(script.phrases.repeat);
    case 'wait':
      return says(script.phrases.take_your_time);
    case 'hello':
      return (
        line.text.startsWith(script.phrases.hello) || line.text.startsWith(script.phrases.how_are_you) || isHere(seen)
      );
    case 'go-ahead':
      return says(script.phrases.go_ahead);
    case 'anything-else':
      return says(script.anything_else);
    case 'robot':
      return says(script.phrases.robot);
    default:
      throw new Error(`"${act}" is no act`);
  }
}

/** To "can you hear me" a clerk may also just ask how to help. */
const isHere = ({ agent, line }: Seen) => line.text.includes(agent.script.phrases.go_ahead);

const asked = ({ task }: Talk) => (typeof task?.awaiting === 'object' ? task.awaiting.slot : task?.awaiting);

function begins({ agent, after, line }: Seen, id: string): boolean {
  const task = agent.script.tasks.find((each) => each.id === id);
  if (!task) throw new Error(`"${id}" is no task of ${agent.name}`);
  return after.task?.id === id || line.text.includes(filled(agent, task.done));
}

function holds(value: SlotValue | undefined, expected: string, { script }: ScriptedAgent): boolean {
  if (value === undefined || value === null) return false;
  const held = (typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value)).toLowerCase();
  const ways = expected === 'call' ? [script.phrases.this_number] : expected.split('/');
  // A number is right to the digit, whatever else was understood of it; other words may stand among more.
  return ways.some((way) => (/^\d{7,}$/.test(way) ? held.replace(/^\+/, '') === way : held.includes(way)));
}

const filled = ({ variables }: { variables: Script['phrases'] | ScriptedAgent['variables'] }, text: string) =>
  text.replace(/\{\{(\w+)\}\}/g, (all, key: string) => (variables as Record<string, string>)[key] ?? all);

import type { Script } from '../../pipelines/index.ts';
import { didYouMean } from './did-you-mean.ts';
import type { FieldPath } from './front-matter.ts';
import { httpTools, type ToolEntry } from './tools/agent-tools.ts';

/** What a tool takes, by the names of its arguments. */
export type ToolArguments = { names: readonly string[]; required: readonly string[] };

type Found = { path: FieldPath; message: string };

/**
 * Tasks of a script that give their tool what it does not take, or not what it needs. Tools of MCP servers are left out: what they
 * take is known when a call begins.
 */
export function checkScriptTools(
  script: Script,
  entries: readonly ToolEntry[],
  builtIn: Readonly<Record<string, ToolArguments>>,
): Found[] {
  const own = httpTools({ tools: entries }).map(({ name, arguments: schema }): [string, ToolArguments] => [
    name,
    { names: Object.keys(schema.properties), required: schema.required },
  ]);
  const known = new Map([...Object.entries(builtIn), ...own]);
  return script.tasks.flatMap((task, index) => {
    const takes = task.tool === undefined ? undefined : known.get(task.tool);
    return takes ? checkTask(task, takes, ['script', 'tasks', index]) : [];
  });
}

function checkTask(task: Script['tasks'][number], { names, required }: ToolArguments, path: FieldPath): Found[] {
  const slots = task.slots.map(({ id }) => id);
  const given = task.args ? Object.keys(task.args) : slots;
  const takes = names.length > 0 ? `it takes ${names.join(', ')}` : 'it takes no arguments';
  const unknown = given
    .filter((name) => !names.includes(name))
    .map((name): Found => {
      const meant = didYouMean(name, names);
      const what = `\`${task.tool}\` has no argument \`${name}\`; ${meant ? `did you mean \`${meant}\`?` : takes}`;
      return task.args
        ? { path: [...path, 'args', name], message: what }
        : { path: [...path, 'slots', slots.indexOf(name), 'id'], message: `${what}. Say in \`args\` where it goes` };
    });
  const missing = required.filter((name) => !given.includes(name));
  const needs = (name: string): Found => ({
    path: [...path, 'tool'],
    message: `\`${task.tool}\` needs \`${name}\`: add a slot of this name, or write it in \`args\``,
  });
  return [...unknown, ...missing.map(needs)];
}

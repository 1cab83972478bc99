import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { agentSchema } from '../../src/agent-files/agent.ts';
import { describeProblem } from '../../src/agent-files/agent-problem.ts';
import { parseAgent } from '../../src/agent-files/parse-agent.ts';

type Schema = {
  type?: string;
  default?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
};

const root = join(import.meta.dirname, '../..');
const readme = await readFile(join(root, 'agents/README.md'), 'utf8');
const rows = new Map(
  [...readme.matchAll(/^\| `([^`]+)` \| (.*?) \| (.*) \|$/gm)].map(([, field = '', standard = '', about = '']) => [
    field,
    { standard: standard.replace(/^`|`$/g, ''), about },
  ]),
);

/** Every field of the schema with its default. The stages of a pipeline are alike and documented once. */
function fieldsOf(schema: Schema, path = ''): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const full = path === '' ? name : `${path}.${name}`;
    const shapes = (field.anyOf ?? []).flatMap(({ properties }) => (properties ? [properties] : []));
    const group =
      field.properties ?? (shapes.length > 0 ? (Object.assign({}, ...shapes) as Schema['properties']) : undefined);
    const stage = /^pipeline\.(?:vad|stt|llm|tts)$/.test(full);
    const inside = fieldsOf({ properties: group ?? {} }, stage ? 'pipeline.*' : full);
    const documentedByParts =
      group !== undefined && !stage && ['limits', 'turn', 'voicemail', 'callback', 'tools[].answer'].includes(full);
    const required = schema.required?.includes(name) ?? false;
    const standard = field.default;
    if (!documentedByParts) fields.set(full, required ? 'required' : standard === undefined ? '' : shown(standard));
    const entries = [field.items, ...(field.items?.anyOf ?? [])].flatMap((shape) =>
      shape?.properties ? [...fieldsOf(shape, `${full}[]`)] : [],
    );
    for (const [each, value] of [...inside, ...entries]) fields.set(each, value);
  }
  return fields;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return `[${value.join(', ')}]`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const fields = fieldsOf(z.toJSONSchema(agentSchema, { io: 'input' }) as Schema);

describe('agents/README.md', () => {
  it('documents every field of an agent, and no field that is not there', () => {
    expect([...rows.keys()].sort()).toEqual([...fields.keys()].sort());
  });

  it('tells the right default of each', () => {
    for (const [field, standard] of fields) {
      if (standard === '' || field === 'script.phrases') continue;
      expect(rows.get(field)?.standard, field).toBe(standard);
    }
  });

  it('has an example for every field that is set in a file', () => {
    const without = [...rows].filter(([field, { about }]) => !about.includes('`') && !field.startsWith('script'));
    expect(without).toEqual([]);
  });

  it('lists every tool', async () => {
    const files = (await readdir(join(root, 'src/worker/conversation/tools'))).map((file) => file.replace('.ts', ''));
    for (const [, tool = ''] of readme.matchAll(/^- `([a-z-]+)` \(/gm)) expect(files).toContain(tool);
  });

  it('shows an agent and parts of one that are right', () => {
    const blocks = [...readme.matchAll(/^```(?:markdown|yaml)\n(.*?)^```$/gms)].map((match) => match[1] ?? '');
    const [agent = '', ...parts] = blocks;
    const known = {
      tools: ['end-call', 'take-message', 'hand-off', 'ask-for'],
      secrets: ['ORDERS_KEY', 'CRM_SIGNING_SECRET'],
    };
    const check = (text: string) => (parseAgent(text, 'agents/example.md', known).problems ?? []).map(describeProblem);
    const isTools = (part: string) => part.startsWith('tools:');
    expect(check(agent)).toEqual([]);
    expect(parts.filter(isTools)).not.toEqual([]);
    const others = parts.filter((part) => !isTools(part)).join('');
    expect(check(agent.replace('variables:', `tools: [take-message]\n${others}variables:`))).toEqual([]);
    for (const part of parts.filter(isTools))
      expect(check(agent.replace('variables:', `${part}variables:`))).toEqual([]);
  });
});

import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
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

const whole = z.toJSONSchema(agentSchema, { io: 'input' }) as Schema & { $defs?: object };
const root$defs = whole.$defs ?? {};
const fields = fieldsOf(whole);
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: false });

/** The schemas that a path may lead to: several where one of several shapes may stand. `*` is any name. */
function schemasAt(path: readonly string[]): Schema[] {
  const shapes = (schema: Schema): Schema[] => [schema, ...(schema.anyOf ?? []).flatMap(shapes)];
  return path.reduce<Schema[]>(
    (found, name) => {
      const parents = found.flatMap(shapes);
      if (name === '[]') return parents.flatMap(({ items }) => items ?? []);
      return parents.flatMap(({ properties = {} }) =>
        name === '*' ? Object.values(properties) : (properties[name] ?? []),
      );
    },
    [whole],
  );
}

/** What a piece of YAML gives a field, or one of those around it: `max_minutes: 5` and `turn: { max_minutes: 5 }` alike. */
function exampleOf(field: string, code: string): { code: string; path: string[]; value: unknown }[] {
  const steps = field.split('.').flatMap((step) => (step.endsWith('[]') ? [step.slice(0, -2), '[]'] : [step]));
  const parsed = parseYaml(code);
  const [[name, value] = [], ...others] = isGroup(parsed) ? Object.entries(parsed) : [];
  if (name === undefined || others.length > 0) return [];
  const at = steps.findLastIndex((step) => step === name || (step === '*' && Object.hasOwn(stages, name)));
  if (at < 0 || !has(value, steps.slice(at + 1))) return [];
  return [{ code, path: [...steps.slice(0, at), name], value }];
}

const stages = { vad: true, stt: true, llm: true, tts: true };
const isGroup = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function has(value: unknown, steps: readonly string[]): boolean {
  const [step, ...rest] = steps;
  if (step === undefined) return true;
  if (step === '[]') return Array.isArray(value) && value.some((each) => has(each, rest));
  return isGroup(value) && Object.hasOwn(value, step) && has(value[step], rest);
}

function parseYaml(code: string): unknown {
  try {
    return parse(code) as unknown;
  } catch {
    return undefined;
  }
}

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

  it('has an example for every field, which fits its schema', () => {
    const wrong = [...rows].flatMap(([field, { about }]) => {
      const examples = [...about.matchAll(/`([^`]+)`/g)].flatMap(([, code = '']) => exampleOf(field, code));
      if (examples.length === 0) return [`${field} has no example`];
      return examples.flatMap(({ code, path, value }) => {
        const fits = schemasAt(path).some((schema) => ajv.validate({ ...schema, $defs: root$defs }, value));
        return fits ? [] : [`${field}: \`${code}\` does not fit: ${ajv.errorsText()}`];
      });
    });
    expect(wrong).toEqual([]);
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

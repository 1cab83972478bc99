import { Ajv, type ErrorObject } from 'ajv';
import type { FieldPath } from '../front-matter.ts';

/** A JSON Schema (draft 7) of an object: what a model may give a tool. */
export type ArgumentsSchema = {
  type: 'object';
  properties: Record<string, Record<string, unknown>>;
  required: string[];
  additionalProperties: boolean;
};

/** What is wrong, and where in what was written. */
export type SchemaProblem = { path: FieldPath; message: string };

const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
const argumentName = /^[a-z][a-zA-Z0-9_]*$/;

/**
 * The schema that `arguments` of a tool means. Written short it has one entry per argument: a text that describes it, or a
 * schema with `optional: true` where it may be left out. A whole schema begins with `type: object` and has `properties`.
 */
export function readArguments(
  written: Record<string, unknown>,
): { schema: ArgumentsSchema; problems?: never } | { schema?: never; problems: SchemaProblem[] } {
  const isWhole = written['type'] === 'object' && isGroup(written['properties']);
  const schema = isWhole ? wholeSchema(written) : shortSchema(written);
  const names = Object.keys(schema.properties);
  const place = (name: string): FieldPath => (isWhole ? ['properties', name] : [name]);
  const problems = names
    .filter((name) => !argumentName.test(name))
    .map((name) => ({
      path: place(name),
      message: `"${name}" is not the name of an argument: use letters, digits and underscores, beginning with a small letter`,
    }));
  for (const name of names)
    if (!isGroup(schema.properties[name]))
      problems.push({ path: place(name), message: 'must be a text that describes the argument, or its schema' });
  if (problems.length === 0) problems.push(...schemaProblems(schema, isWhole));
  return problems.length > 0 ? { problems } : { schema };
}

/** Whether a schema that came from elsewhere is one, and stands by itself. */
export function isArgumentsSchema(schema: ArgumentsSchema): boolean {
  return schemaProblems(schema, true).length === 0;
}

/** Without its own name and version: two agents may hold the same one, and so may two versions of a file. */
function wholeSchema({ $id: _id, $schema: _version, ...written }: Record<string, unknown>): ArgumentsSchema {
  return { required: [], additionalProperties: false, ...(written as Pick<ArgumentsSchema, 'type' | 'properties'>) };
}

function shortSchema(written: Record<string, unknown>): ArgumentsSchema {
  const properties: ArgumentsSchema['properties'] = {};
  const required: string[] = [];
  for (const [name, about] of Object.entries(written)) {
    const { optional, ...property } = isGroup(about)
      ? about
      : { type: 'string', description: about, optional: undefined };
    properties[name] = typeof about === 'string' || isGroup(about) ? property : (about as Record<string, unknown>);
    if (optional !== true) required.push(name);
  }
  return { type: 'object', properties, required, additionalProperties: false };
}

function schemaProblems(schema: ArgumentsSchema, isWhole: boolean): SchemaProblem[] {
  const at = (pointer: string): FieldPath => {
    const parts = pointer.split('/').slice(1).map(unescaped);
    return isWhole || parts[0] !== 'properties' ? parts : parts.slice(1);
  };
  if (!ajv.validateSchema(schema)) {
    const [first] = deepest(ajv.errors ?? []);
    return [
      { path: at(first?.instancePath ?? ''), message: `is not a JSON Schema: it ${first?.message ?? 'is wrong'}` },
    ];
  }
  try {
    ajv.compile(schema);
    return [];
  } catch (error) {
    return [{ path: [], message: `is not a JSON Schema: ${error instanceof Error ? error.message : String(error)}` }];
  }
}

/** Of several complaints about one place the one that lies deepest says what is wrong; the others follow from it. */
function deepest(errors: readonly ErrorObject[]): ErrorObject[] {
  const worth = ({ instancePath, keyword }: ErrorObject) => instancePath.length * 2 + (keyword === 'enum' ? 1 : 0);
  return [...errors].sort((a, b) => worth(b) - worth(a));
}

function unescaped(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { z } from 'zod';
import { didYouMean } from './did-you-mean.ts';
import type { FieldPath } from './front-matter.ts';

type Issue = z.core.$ZodIssue;
type JsonSchema = z.core.JSONSchema.BaseSchema;

const kinds: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of fields',
  record: 'a group of fields',
  null: 'empty',
};

/** What is wrong with a field and what is allowed there, for one issue of the schema. */
export type DescribeIssue = (issue: Issue, values: unknown) => { path: FieldPath; message: string }[];

/** Describes the issues of one schema, in whose words its fields are explained. */
export function issueDescriber(schema: z.ZodType): DescribeIssue {
  const described = z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;
  return (issue, values) => describeIssue(issue, values, described);
}

/** A field as people write it: `script.tasks[0].slots[1].kind`. */
export function fieldName(path: FieldPath): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '');
}

function describeIssue(issue: Issue, values: unknown, described: JsonSchema): ReturnType<DescribeIssue> {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  const value = valueAt(values, path);
  const say = (message: string) => [{ path, message: `${message}${shown(value)}` }];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: [...path, key], message: unknownField(schemaAt(described, path), key) }));
    case 'invalid_type': {
      if (value !== undefined) return say(`must be ${kinds[issue.expected] ?? issue.expected}`);
      const about = schemaAt(described, path)?.description;
      return [{ path, message: about ? `is missing. ${about}` : `is missing; it must be ${kinds[issue.expected]}` }];
    }
    case 'invalid_value':
      return say(`must be one of ${issue.values.map(String).join(', ')}`);
    case 'too_small':
      return say(tooSmall(issue.origin, Number(issue.minimum)));
    case 'too_big':
      return say(`must be at most ${issue.maximum}`);
    case 'invalid_key':
      return [
        { path, message: `is not a name: use lower-case letters, digits and underscores, beginning with a letter` },
      ];
    case 'invalid_union':
      return describeUnion(issue, path, (each) => describeIssue(each, values, described), values);
    case 'invalid_format': {
      const about = schemaAt(described, path)?.description?.replace(/\.$/, '');
      const isOfSchema = !issue.message.startsWith('Invalid');
      return say(isOfSchema || !about ? issue.message : `is not written as it must be (${about})`);
    }
    default:
      return say(issue.message);
  }
}

/** Of a choice of shapes, the mistakes in the shape that was meant; else what the shapes are. */
function describeUnion(
  issue: z.core.$ZodIssueInvalidUnion,
  path: FieldPath,
  describe: (issue: Issue) => ReturnType<DescribeIssue>,
  values: unknown,
): ReturnType<DescribeIssue> {
  // Of several shapes that may be meant, the one that fits best.
  const [meant] = issue.errors
    .filter((issues) => !issues.some((each) => each.path.length === 0 && each.code === 'invalid_type'))
    .sort((a, b) => mistakesIn(a) - mistakesIn(b));
  if (meant) return meant.flatMap((each) => describe({ ...each, path: [...path, ...each.path] }));
  const expected = issue.errors
    .flat()
    .flatMap((each) => (each.code === 'invalid_type' ? [kinds[each.expected] ?? ''] : []));
  return [{ path, message: `must be ${[...new Set(expected)].join(' or ')}${shown(valueAt(values, path))}` }];
}

function mistakesIn(issues: readonly Issue[]): number {
  return issues.reduce((sum, each) => sum + (each.code === 'unrecognized_keys' ? each.keys.length : 1), 0);
}

function unknownField(place: JsonSchema | undefined, key: string): string {
  const shapes = [place, ...((place?.anyOf ?? []) as (JsonSchema | undefined)[])];
  const known = [...new Set(shapes.flatMap((shape) => Object.keys(shape?.properties ?? {})))];
  const meant = didYouMean(key, known);
  return meant
    ? `is not a field; did you mean \`${meant}\`?`
    : `is not a field; the fields here are ${known.join(', ')}`;
}

function tooSmall(origin: string, minimum: number): string {
  if (origin === 'string') return 'must not be empty';
  return origin === 'array' ? `needs at least ${minimum} entries` : `must be at least ${minimum}`;
}

function shown(value: unknown): string {
  return typeof value === 'number' || typeof value === 'boolean'
    ? `, it is ${value}`
    : typeof value === 'string' && value !== '' && value.length <= 40
      ? `, it is "${value}"`
      : '';
}

function valueAt(values: unknown, path: FieldPath): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined,
    values,
  );
}

function schemaAt(described: JsonSchema, path: FieldPath): JsonSchema | undefined {
  return path.reduce<JsonSchema | undefined>((schema, part) => {
    const shape = shapeOf(schema);
    const next = typeof part === 'number' ? shape?.items : (shape?.properties?.[part] ?? shape?.additionalProperties);
    return typeof next === 'object' && !Array.isArray(next) ? (next as JsonSchema) : undefined;
  }, described);
}

/** Of a choice of shapes, the one that has fields or entries. */
function shapeOf(schema: JsonSchema | undefined): JsonSchema | undefined {
  const shapes = [schema, ...(schema?.anyOf ?? [])] as (JsonSchema | undefined)[];
  return shapes.find((each) => each?.properties ?? each?.items ?? each?.additionalProperties);
}

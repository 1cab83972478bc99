import { z } from 'zod';

/** JSON Schema of one value (draft 2020-12, without references to other documents). */
type JsonSchema = { readonly [key: string]: unknown };

const fieldName = z.string().regex(/^[a-z][a-z0-9_]*$/);
const longestText = 2_000;

/** How a value is written in the short form, and what it is in JSON Schema. */
const shortTypes = {
  text: { type: 'string', maxLength: longestText },
  number: { type: 'number' },
  yes_no: { type: 'boolean' },
  date: { type: 'string', format: 'date' },
  time: { type: 'string', pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' },
  choice: { type: 'string' },
  list: { type: 'array', items: { type: 'string', maxLength: longestText }, maxItems: 50 },
} as const satisfies Record<string, JsonSchema>;

const shortField = z
  .strictObject({
    about: z.string().min(1).max(500),
    type: z.enum(Object.keys(shortTypes) as [keyof typeof shortTypes, ...(keyof typeof shortTypes)[]]).default('text'),
    choices: z.array(z.string().min(1)).min(2).optional(),
    min: z.number().optional(),
    max: z.number().optional(),
    slot: z
      .string()
      .regex(/^[a-z0-9-]+\.[a-z][a-z0-9_]*$/, 'must be a task of the script and its slot, such as message.name')
      .optional(),
  })
  .refine(({ type, choices }) => type !== 'choice' || choices !== undefined, {
    path: ['choices'],
    message: 'must be there for a field of type `choice`',
  });

/** `result:` of an agent file: what is to be known after a call. */
export const resultSchema = z
  .strictObject({
    fields: z
      .record(fieldName, z.union([z.string().min(1).max(500), shortField]))
      .default({})
      .describe('What is to be known, each with what it means, or with its type.'),
    schema: z
      .record(z.string(), z.unknown())
      .optional()
      .superRefine((schema, context) => {
        if (schema) checkSchema(schema, (path, message) => context.addIssue({ code: 'custom', path, message }));
      })
      .describe('The same as JSON Schema: an object with `properties`.'),
    summary: z.boolean().default(false).describe('Whether the call is summed up in a sentence or two.'),
    success: z.string().min(1).max(500).optional().describe('When the call counts as a success, in words.'),
    sentiment: z.boolean().default(false).describe('Report the mood of the other person.'),
    llm: z
      .union([
        z.string(),
        z.strictObject({
          provider: z.string().describe('A provider, such as `openrouter-llm`.'),
          options: z.record(z.string(), z.unknown()).default({}).describe('Options of that provider.'),
        }),
      ])
      .optional()
      .describe('The model that fills it, where that is not the one of the call.'),
  })
  .refine(
    ({ fields, schema, summary, success, sentiment }) =>
      Object.keys(fields).length > 0 || schema || summary || success !== undefined || sentiment,
    'asks for nothing: name `fields`, or set `summary`, `success` or `sentiment`',
  );

export type ResultSettings = z.output<typeof resultSchema>;

/** One thing that is to be known after a call. */
export type ResultField = {
  name: string;
  /** Of the short form; `json` where JSON Schema says it. */
  type: keyof typeof shortTypes | 'json';
  about: string;
  schema: JsonSchema;
  /** `task.slot` of the script that gives it where no model does. */
  slot?: string;
};

/** The fields of a result, whichever form they are written in. */
export function resultFields({ fields, schema }: ResultSettings): ResultField[] {
  const short = Object.entries(fields).map(([name, field]) => ofShortForm(name, field));
  const full = Object.entries((schema?.['properties'] ?? {}) as Record<string, JsonSchema>).map(
    ([name, property]): ResultField => {
      const { description, ...rest } = property;
      return { name, type: 'json', about: typeof description === 'string' ? description : '', schema: rest };
    },
  );
  return [...short, ...full];
}

/** What takes a value of the field and nothing else. */
export function valueOf({ schema }: Pick<ResultField, 'schema'>): z.ZodType {
  return z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
}

function ofShortForm(name: string, field: ResultSettings['fields'][string]): ResultField {
  if (typeof field === 'string') return { name, type: 'text', about: field, schema: shortTypes.text };
  const { about, type, choices, min, max, slot } = field;
  const schema = {
    ...shortTypes[type],
    ...(choices && type === 'choice' && { enum: choices }),
    ...(min !== undefined && type === 'number' && { minimum: min }),
    ...(max !== undefined && type === 'number' && { maximum: max }),
  };
  return { name, type, about, schema, ...(slot !== undefined && { slot }) };
}

function checkSchema(schema: JsonSchema, add: (path: string[], message: string) => void): void {
  const { type, properties } = schema;
  if (type !== 'object' || typeof properties !== 'object' || properties === null || Array.isArray(properties)) {
    add([], 'must be JSON Schema with `type: object` and `properties`');
    return;
  }
  for (const [name, property] of Object.entries(properties as Record<string, unknown>)) {
    const path = ['properties', name];
    if (!fieldName.safeParse(name).success)
      add(path, 'is not a name: use lower-case letters, digits and underscores, beginning with a letter');
    const isSchema = typeof property === 'object' && property !== null && !Array.isArray(property);
    if (!isSchema || !['type', 'enum', 'const', 'anyOf', 'oneOf'].some((key) => key in property)) {
      add(path, 'is not a JSON Schema: it needs a `type`');
      continue;
    }
    try {
      valueOf({ schema: property as JsonSchema });
    } catch (error) {
      add(path, `is not a JSON Schema: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

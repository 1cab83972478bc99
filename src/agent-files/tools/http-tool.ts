import { z } from 'zod';
import { readArguments } from './arguments-schema.ts';

/** What models call it, and scripts, reports and the command line. */
export const toolName = z
  .string()
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be lower-case letters, digits and hyphens, such as book-appointment');

const toolText = z.string().min(1);

/** How the answer of a tool is read; the same for every kind of tool of an agent's own. */
export const answerSchema = z
  .strictObject({
    path: toolText.optional().describe('Which part of the JSON the model gets, such as `data.slots[0].time`.'),
    max_chars: z.number().int().min(50).max(50_000).default(4000).describe('A longer answer is cut to this length.'),
  })
  .prefault({})
  .describe('What of the answer the model sees.');

/** What holds for one execution of any tool of an agent's own. */
export const executionFields = {
  timeout_ms: z
    .number()
    .int()
    .min(100)
    .max(120_000)
    .default(8000)
    .describe('How long the answer may take, all tries together.'),
  say: toolText.max(300).optional().describe('Spoken when the answer is not there at once. May hold {{variables}}.'),
  on_error: toolText.optional().describe('What the model is told to do when it did not work.'),
  answer: answerSchema,
};

/** A tool of an agent's own: a request to a server. */
export const httpToolSchema = z.strictObject({
  name: toolName.describe('What the model calls it: lower-case letters, digits and hyphens.'),
  description: toolText.describe('What it does and when to use it, for the model.'),
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('POST').describe('Method of the request.'),
  url: toolText.describe('Where the request goes. Its path and query may hold {{variables}} and {{arguments}}.'),
  headers: z.record(z.string(), z.string()).default({}).describe('Headers; `{{secret.NAME}}` stands for a secret.'),
  arguments: z
    .record(z.string(), z.unknown())
    .default({})
    .transform((written, context) => {
      const { schema, problems } = readArguments(written);
      for (const { path, message } of problems ?? []) context.addIssue({ code: 'custom', path: [...path], message });
      return schema ?? z.NEVER;
    })
    .describe('What the model gives it: each with a description, or a JSON Schema.'),
  body: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('JSON that is sent in place of the arguments; its texts may hold {{variables}} and {{arguments}}.'),
  idempotent: z
    .boolean()
    .optional()
    .describe('Whether the server carries out a request that comes twice with one `Idempotency-Key` only once.'),
  retries: z.number().int().min(0).max(5).default(1).describe('How often a request that failed is sent again.'),
  ...executionFields,
});

export type HttpTool = z.output<typeof httpToolSchema>;

/** Whether a request may be sent again when nobody knows what came of the first (RFC 9110 §9.2.2). */
export function mayRepeat({ method, idempotent }: Pick<HttpTool, 'method' | 'idempotent'>): boolean {
  return idempotent ?? (method !== 'POST' && method !== 'PATCH');
}

import { z } from 'zod';

/**
 * What the scripted brain knows: the only things it can say. Texts may hold `{{variables}}`. Anything it does not know is
 * taken down as a message, never made up.
 */
export const scriptSchema = z.strictObject({
  /** Facts of the business: spoken verbatim when a caller asks in words like the examples. */
  facts: z
    .array(
      z.strictObject({
        /** A short name for logs and tests, unique in the file. */
        id: z.string().regex(/^[a-z0-9-]+$/),
        /** How callers ask: at least two phrasings. */
        examples: z.array(z.string().min(1)).min(2),
        /** The answer, spoken as it stands. */
        answer: z.string().min(1),
      }),
    )
    .default([]),
  /** Things the caller may want done: collecting what is needed, reading it back, then calling a tool. */
  tasks: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[a-z0-9-]+$/),
        /** How callers ask for it. */
        examples: z.array(z.string().min(1)).min(2),
        /** Asked for in order; what the caller already said is not asked again. */
        slots: z
          .array(
            z.strictObject({
              id: z.string().regex(/^[a-z0-9_]+$/),
              /** The question. */
              ask: z.string().min(1),
              /** How the answer is understood. `text` takes all that was said. */
              kind: z.enum(['name', 'phone', 'number', 'date', 'time', 'yes_no', 'choice', 'text']),
              /** For `choice`. */
              choices: z.array(z.string().min(1)).optional(),
              /** Said once when the answer was not understood; the default asks again. */
              retry: z.string().optional(),
            }),
          )
          .min(1),
        /** Said before the tool is called, to be confirmed with yes or no. `{{slot}}` stands for an answer. */
        confirm: z.string().optional(),
        /** Tool called with the slots as arguments once they are confirmed. */
        tool: z.string().optional(),
        /** Said afterwards. */
        done: z.string().min(1),
        /** Starts with the first turn rather than when asked: a reminder or a survey leads the call. */
        opens: z.boolean().default(false),
      }),
    )
    .default([]),
  /** Said when nothing fits; the message task, if there is one, is offered. */
  unknown: z.string().default('I am not sure about that, but I can pass a message on. Would you like me to?'),
  /** Said when the caller thanks or says goodbye, before the end-call tool. */
  goodbye: z.string().default('Thank you for calling. Goodbye.'),
  /** Asked after an answer when the caller says no more. */
  anything_else: z.string().default('Is there anything else I can help with?'),
});

export type Script = z.output<typeof scriptSchema>;

import { z } from 'zod';
import type { Pcm } from './wav.ts';

/** One thing the caller does, as a scenario file has it. */
export const callerStepSchema = z.strictObject({
  /** Text for the `speak` function, or a 16-bit PCM WAV (with its words, for the report). Without it the caller only listens. */
  say: z.union([z.string().min(1), z.strictObject({ wav: z.string().min(1), text: z.string().optional() })]).optional(),
  /** When to speak: once the agent has spoken and fallen silent, or this many ms after the caller's own last word. */
  after: z.union([z.literal('agent-finished'), z.number().min(0)]).default('agent-finished'),
  /** Says nothing for so many ms, once the agent has spoken and fallen silent; with no `say`. */
  waitMs: z.number().min(0).optional(),
  /** Speaks over the agent, this many ms after it began to speak; replaces `after`. */
  interruptAfterMs: z.number().min(0).optional(),
  /** What must be true of the agent's answer; each failure is a line in the report. */
  expect: z
    .strictObject({
      /** The agent answers. */
      reply: z.boolean().default(true),
      /** Longest time from the caller's last word to the agent's first, in ms. */
      withinMs: z.number().positive().optional(),
      /** Longest time from the caller's first word to the agent's silence, in ms. */
      silentWithinMs: z.number().positive().optional(),
      /** A regular expression, case ignored, found in what the caller heard; needs `transcribe`. */
      heard: z.string().min(1).optional(),
    })
    .prefault({}),
});

type Step = z.input<typeof callerStepSchema>;

/** A step; in code `say` may also be mono samples. */
export type CallerStep = Omit<Step, 'say'> & { say?: Step['say'] | Pcm };

export type CallerScript = readonly CallerStep[];

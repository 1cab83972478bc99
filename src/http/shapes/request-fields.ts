import { z } from '@hono/zod-openapi';
import { strict } from '../route.ts';

const maxMetadataBytes = 16_384;

/** Server addresses and keys are the operator's: a request that could change them could send the operator's key elsewhere. */
const guarded = /url|key|secret|token|host|endpoint|base/i;

const stage = z.union(
  [
    z.string().min(1).max(100),
    strict({
      provider: z.string().min(1).max(100),
      options: z
        .record(z.string().max(100), z.unknown())
        .refine((options) => !Object.keys(options).some((name) => guarded.test(name)), {
          error: 'Server addresses and keys are set by the operator; send options such as model or voice',
        })
        .default({}),
    }),
  ],
  { error: 'Send a provider such as "piper-http-tts", or {provider, options} without server addresses and keys' },
);

/** A preset's name, or a preset with single stages replaced. */
export const pipelineChoice = z
  .union(
    [
      z.string().min(1).max(100),
      strict({
        preset: z.string().min(1).max(100).optional(),
        vad: stage.optional(),
        stt: stage.optional(),
        llm: stage.optional(),
        tts: stage.optional(),
      }),
    ],
    { error: 'Send a name such as "embedded", or {preset, vad, stt, llm, tts} with a provider per stage' },
  )
  .openapi({ example: 'embedded' });

export const variables = z
  .record(
    z
      .string()
      .max(100)
      .regex(/^[a-z][a-z0-9_]*$/, 'Names are lowercase letters, digits and _'),
    z.string().max(4000),
  )
  .describe('Values for {{name}} in the agent and the playbook.');

export const metadata = z
  .record(z.string().max(200), z.unknown())
  .refine((value) => Buffer.byteLength(JSON.stringify(value)) <= maxMetadataBytes, {
    error: `Send at most ${maxMetadataBytes} bytes of JSON`,
  })
  .describe('Given back with the call, its events and its report.');

export const playbook = z.string().min(1).max(50_000).describe("Markdown added to the agent's prompt for this call.");

/** Limits of one call, in the program's terms. */
export const callLimits = strict({
  ring_seconds: z.number().int().min(5).max(75).optional(),
  max_minutes: z.number().min(0.1).max(240).optional(),
  silence_seconds: z.number().min(3).max(300).optional(),
  max_cost_usd: z.number().min(0).max(10_000).optional(),
}).transform(({ ring_seconds, max_minutes, silence_seconds, max_cost_usd }) => ({
  ...(ring_seconds !== undefined && { ringSeconds: ring_seconds }),
  ...(max_minutes !== undefined && { maxMinutes: max_minutes }),
  ...(silence_seconds !== undefined && { silenceSeconds: silence_seconds }),
  ...(max_cost_usd !== undefined && { maxCostUsd: max_cost_usd }),
}));

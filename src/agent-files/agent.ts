import { z } from 'zod';
import { packageNamePattern, scriptSchema } from '../../pipelines/index.ts';
import { httpToolSchema } from './tools/http-tool.ts';
import { beforeAnswerSchema } from './tools/before-answer.ts';
import { mcpServerSchema } from './tools/mcp-server.ts';
import { recordingFields } from './recording-fields.ts';
import { handoffsSchema } from './handoffs.ts';
import { askSchema } from './ask.ts';
import type { Paper } from './knowledge/paper.ts';
import { hoursSchema } from './hours.ts';
import { remembersSchema } from './remembers.ts';
import { resultSchema } from './result.ts';

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag)[0] !== undefined && /^[a-z]{2,3}(?:-|$)/i.test(tag);
  } catch {
    return false;
  }
}

function isTimezone(name: string): boolean {
  try {
    return !/^[+-]/.test(name) && Boolean(new Intl.DateTimeFormat('en-US', { timeZone: name }));
  } catch {
    return false;
  }
}

const stage = z.union([
  z.string().describe('A provider, such as `piper-http-tts`.'),
  z.strictObject({
    provider: z.string().describe('A provider, such as `piper-http-tts`.'),
    options: z.record(z.string(), z.unknown()).default({}).describe('Options of that provider.'),
  }),
]);

/** A stage that a plugin of the LiveKit SDK can be as well. */
const pluginOrStage = z.union([
  ...stage.options,
  z.strictObject({
    plugin: z
      .string()
      .regex(packageNamePattern, 'must be the name of a package, such as @livekit/agents-plugin-openai')
      .describe('A plugin of the LiveKit SDK that `parley plugin add` installed.'),
    export: z.string().min(1).optional().describe('Its class, where that is not called STT, LLM or TTS.'),
    options: z
      .record(z.string(), z.unknown())
      .default({})
      .describe("What the plugin's class is given; `{ env: NAME }` stands for an environment variable."),
    timeout_ms: z
      .number()
      .int()
      .min(100)
      .max(60_000)
      .default(4000)
      .describe('How long the service may keep silent before another provider takes over.'),
  }),
]);

/** The front matter of `agents/<name>.md`. `agents/README.md` documents each field; a test compares the two. */
export const agentSchema = z.strictObject({
  description: z.string().min(1).describe('One line for people: what this agent is for.'),
  language: z
    .string()
    .refine(isLanguage, 'must be a language tag, such as en-US, de or pt-BR')
    .default('en-US')
    .describe('BCP 47 language of the call.'),
  pipeline: z
    .union([
      z.string(),
      z.strictObject({
        preset: z.string().default('auto'),
        vad: stage.optional(),
        stt: pluginOrStage.optional(),
        llm: pluginOrStage.optional(),
        tts: pluginOrStage.optional(),
      }),
    ])
    .default('auto')
    .describe('`auto`, `cloud`, `lan` or `embedded`, or a preset with single stages replaced.'),
  hedged_requests: z
    .boolean()
    .default(true)
    .describe('Whether another request is made where a model or a voice is late.'),
  greeting: z
    .string()
    .min(1)
    .describe('Spoken first, synthesised before the call is answered. May hold {{variables}}.'),
  goodbye: z.string().default('Thank you. Goodbye.').describe('Spoken when a limit ends the call.'),
  apology: z
    .string()
    .default('Sorry, we were cut off for a moment. Where were we?')
    .describe('Spoken when another process takes over a call.'),
  filler: z.array(z.string()).default(['One moment, please.']).describe('Spoken when an answer takes too long.'),
  trouble: z
    .string()
    .default('I am sorry, something is not working here. Please call again later. Goodbye.')
    .describe('Spoken before a call is given up because a provider failed.'),
  check_in: z
    .string()
    .default('Are you still there?')
    .describe('Spoken once after a silence, before the call is ended.'),
  timezone: z
    .string()
    .refine(isTimezone, 'must be an IANA timezone, such as Europe/Berlin')
    .optional()
    .describe("Whose clock the agent goes by; the host's where there is none."),
  tools: z
    .array(z.union([z.string().overwrite((name) => name.replaceAll('_', '-')), httpToolSchema, mcpServerSchema]))
    .default(['end-call'])
    .describe('Tools the agent may use: those of Parley by name, and its own.'),
  before_answer: beforeAnswerSchema.optional().describe('Whom to ask about a call that comes in, while it rings.'),
  variables: z
    .record(z.string().regex(/^[a-z][a-z0-9_]*$/), z.union([z.string(), z.null()]))
    .default({})
    .describe('Names used as {{name}}, each with its default; null must be given with the call.'),
  limits: z
    .strictObject({
      ring_seconds: z.number().int().min(5).max(75).optional().describe('How long a phone rings.'),
      max_minutes: z.number().min(0.1).max(240).default(15).describe('Longest call, then the goodbye.'),
      silence_seconds: z
        .number()
        .min(3)
        .max(300)
        .default(15)
        .describe('Silence before the check-in; the same again ends the call.'),
      answer_seconds: z
        .number()
        .min(5)
        .max(120)
        .default(15)
        .describe('Longest wait for an answer; then the call is given up.'),
      max_cost_usd: z.number().min(0).optional().describe('Spend of one call, then the goodbye.'),
    })
    .prefault({})
    .describe('Limits of one call.'),
  turn: z
    .strictObject({
      min_endpointing_ms: z.number().int().min(100).max(5000).default(300).describe('Silence that may end a turn.'),
      max_endpointing_ms: z
        .number()
        .int()
        .min(200)
        .max(10000)
        .default(1500)
        .describe('Silence that ends a turn which may be over.'),
      patience_ms: z
        .number()
        .int()
        .min(200)
        .max(10000)
        .default(2500)
        .describe('Silence that ends a turn which has to go on, such as half a telephone number.'),
      filler_after_ms: z
        .number()
        .int()
        .min(500)
        .max(10000)
        .default(2000)
        .describe('Wait for an answer until a filler is spoken.'),
      interruptible: z.boolean().default(true).describe('Whether the caller may talk over the agent.'),
      min_interruption_ms: z
        .number()
        .int()
        .min(50)
        .max(5000)
        .default(120)
        .describe('Speech that counts as an interruption.'),
      interruption_words: z
        .number()
        .int()
        .min(0)
        .max(10)
        .default(0)
        .describe('Words that must be heard before the agent stops.'),
      backchannels: z
        .array(z.string().min(1))
        .optional()
        .describe('What callers say only to show that they listen; it does not interrupt.'),
    })
    .prefault({})
    .describe('How turns are taken.'),
  transfers: z
    .array(
      z.strictObject({
        name: z
          .string()
          .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)
          .describe('What the model calls it: lower-case letters, digits and hyphens.'),
        to: z
          .string()
          .regex(/^\+[1-9]\d{6,14}$/)
          .describe('Number in E.164.'),
        when: z.string().min(1).describe('When the caller is to be connected there, for the model.'),
        mode: z.enum(['blind', 'warm']).default('blind').describe('At once, or after somebody was briefed.'),
      }),
    )
    .default([])
    .describe('Where the tool `transfer-call` may connect the caller.'),
  ask: askSchema,
  handoffs: handoffsSchema,
  callback: z
    .strictObject({
      agent: z.string().min(1).optional().describe('The agent that calls back; this one when absent.'),
      within_days: z.number().int().min(1).max(90).default(14).describe('How many days ahead a call may be scheduled.'),
    })
    .prefault({})
    .describe('Calls that the tool `schedule-callback` schedules.'),
  connecting: z.string().default('One moment, I am connecting you.').describe('Spoken before a transfer.'),
  briefing: z
    .string()
    .default('Hello, I have a caller on the line for you.')
    .describe('Spoken to whoever takes a warm transfer, before what the model adds.'),
  not_connected: z
    .string()
    .default('I am sorry, nobody could be reached. Is there anything else I can do?')
    .describe('Spoken when a transfer failed.'),
  taken_back: z
    .string()
    .default('Hello, it is me again. How can I help you?')
    .describe('Spoken when a supervisor hands the call back, or is lost.'),
  screening: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .describe('Who calls and why, for phones that screen their calls; the greeting without its questions.'),
  voicemail: z
    .strictObject({
      action: z
        .enum(['hang_up', 'leave_message', 'continue'])
        .default('continue')
        .describe('What is done when a machine answers.'),
      message: z.string().min(1).max(2000).optional().describe('Left after the beep. May hold {{variables}}.'),
    })
    .prefault({})
    .describe('When a machine answers a call that the agent places.'),
  ...recordingFields,
  pronunciation: z
    .record(z.string(), z.string())
    .default({})
    .describe('Words and how to write them so that they are spoken right.'),
  knowledge: z
    .array(z.string().min(1))
    .max(50)
    .default([])
    .describe('Files beside this one, Markdown or text, of which the agent answers.'),
  hours: hoursSchema.optional().describe('When the business is open.'),
  remembers: remembersSchema.optional().describe('Gives the agent the results of earlier calls of the same number.'),
  result: resultSchema.optional().describe('What is to be known after the call.'),
  script: scriptSchema.optional().describe('What the scripted responder answers from; needed by `scripted-llm`.'),
});

export type AgentFrontMatter = z.output<typeof agentSchema>;

/** One agent: its file's name without `.md`, its settings, and its prompt (the file's body). */
export type Agent = AgentFrontMatter & {
  name: string;
  prompt: string;
  /** The files that `knowledge` names. */
  papers?: readonly Paper[];
  /** Short hash of the file: which version of the agent a call used. */
  version: string;
};

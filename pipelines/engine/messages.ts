import { z } from 'zod';

/** What the engine can do with the models it was given. */
export const featuresSchema = z.object({
  endOfTurn: z.boolean(),
  stt: z.boolean(),
  tts: z.boolean(),
  llm: z.boolean(),
});

export type EngineFeatures = z.output<typeof featuresSchema>;

/** One message of a conversation, in order, the system prompt first. */
export const chatMessageSchema = z.object({
  role: z.enum(['system', 'user', 'assistant']),
  content: z.string(),
});

export type ChatMessage = z.output<typeof chatMessageSchema>;

const id = z.number().int().nonnegative();

/** Client to engine. `cancel` names the request it ends; PCM travels as the payload, 16 kHz. */
export const requestSchema = z.discriminatedUnion('op', [
  z.object({
    op: z.literal('transcribe'),
    id,
    /** Refused rather than queued when the engine has other work. */
    onlyWhenIdle: z.boolean().default(false),
  }),
  z.object({
    op: z.literal('synthesize'),
    id,
    text: z.string(),
    speed: z.number().positive().default(1),
    /** The first words of a reply go before the later sentences of other calls. */
    first: z.boolean().default(true),
  }),
  z.object({ op: z.literal('endOfTurn'), id }),
  z.object({
    op: z.literal('generate'),
    id,
    messages: z.array(chatMessageSchema).min(1),
    maxTokens: z.number().int().positive(),
    temperature: z.number().min(0),
    conversation: z.string(),
  }),
  z.object({ op: z.literal('cancel'), id }),
]);

/** What even a request with mistakes has, so that it can be refused. */
export const anyRequest = z.object({ id });

export type EngineRequest = z.output<typeof requestSchema>;
export type EngineWork = Exclude<EngineRequest, { op: 'cancel' }>;

/** Engine to client. `hello` comes once; every request is answered by exactly one `done` or `error`. */
export const replySchema = z.discriminatedUnion('event', [
  z.object({ event: z.literal('hello'), features: featuresSchema }),
  z.object({ event: z.literal('audio'), id, sampleRateHz: z.number().int().positive() }),
  z.object({ event: z.literal('text'), id, text: z.string() }),
  z.object({ event: z.literal('done'), id, result: z.record(z.string(), z.unknown()) }),
  z.object({
    event: z.literal('error'),
    id,
    code: z.enum(['server_full', 'not_configured', 'provider_failed', 'bad_audio_format']),
    message: z.string(),
  }),
]);

export type EngineReply = z.output<typeof replySchema>;

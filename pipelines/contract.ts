import type { VAD } from '@livekit/agents';
import type { z } from 'zod';
import type { ChatModel } from './wire/chat-model.ts';
import type { EngineClient } from './engine/engine-client.ts';
import type { ProviderError } from './errors.ts';
import type { HedgedRequest } from './fallback/hedging.ts';
import type { Hosting, ProviderName, ProviderRole, SpeechRole } from './catalog.ts';
import type { Reaches } from './scripted/reaches.ts';
import type { Script } from './scripted/script.ts';
import type { Transcriber } from './wire/transcriber.ts';
import type { Voice } from './wire/voice.ts';

export type { Hosting, ProviderName, ProviderRole, SpeechRole };

/** What a provider is billed by. `none` costs nothing per use. */
export type PriceUnit = 'audio_second' | 'character' | 'token' | 'none';

/** The SDK object that a provider of each role creates. One per call: instances are never shared between calls. */
export type RoleInstance = { stt: Transcriber; llm: ChatModel; tts: Voice; vad: VAD };

/** What a provider is given besides its own options, once per call. */
export type BuildContext = {
  /** BCP 47, such as `en-US`. */
  language: string;
  /** Words, and how to write them so that they are spoken right. */
  pronunciation?: Readonly<Record<string, string>>;
  /** Rate of all audio inside a call, mono signed 16-bit. STT receives it; TTS should deliver it, or say its own rate. */
  sampleRateHz: 16000;
  /** The models of this host (embedded providers and the end-of-turn model); absent when no engine runs. */
  engine?: EngineClient;
  /** The agent's script, for providers that answer from it. */
  script?: Script;
  /** Whom this call can be handed to and what its other end is called by, for providers that answer from a script. */
  reaches?: Reaches;
  /** About how long the agent's prompt is, in tokens, for providers whose context is limited by a setting. */
  promptTokens?: number;
  /** The agent's variables, already merged with those of the call. */
  variables: Record<string, string>;
  /** Called for events worth a log line; never with audio, and personal data only under a key that starts with `pii`. */
  log: (level: 'debug' | 'info' | 'warn' | 'error', message: string, fields?: Record<string, unknown>) => void;
  /** Called once per use. Providers that cost money (`priceUnit`) call it themselves; for the free ones the pipeline does. */
  onUsage?: (usage: ProviderUsage) => void;
  /** Called when a provider served: an answer or a spoken text is complete, or a recogniser was heard of for the first time. */
  onSuccess?: (success: { role: 'stt' | 'llm' | 'tts'; provider: ProviderName }) => void;
  /** Called when a provider failed, before the next one is tried: the moment for a filler. */
  onFailure?: (failure: ProviderFailure) => void;
  /** Called when a hedged request came to an end. */
  onHedged?: (request: HedgedRequest) => void;
};

/** One use of a provider, as it is billed. `priceUsage` turns it into money. */
export type ProviderUsage = {
  role: 'stt' | 'llm' | 'tts';
  provider: ProviderName;
  /** The model that served, which may be another than the one asked for. */
  model: string;
  /** In `unit`: seconds of audio sent, characters sent, tokens of prompt and completion together. */
  quantity: number;
  unit: Exclude<PriceUnit, 'none'>;
  /** What the provider says it cost, USD. Absent where only a price list knows. */
  usd?: number;
  tokens?: { prompt: number; cachedPrompt: number; completion: number };
  /** Equals the id on the SDK's frames and chunks, hence `gen_ai.response.id` of the span. */
  requestId?: string;
  /** The answer was thrown away before its end; the numbers were then looked up, or cover what was sent. */
  cancelled?: true;
  /** The request was made because another one was late, and is paid besides it. */
  hedged?: true;
  /** Another request for the same answer was the first to speak: this one is paid and was not heard. */
  lost?: true;
};

/** One failure of a provider within a call. */
export type ProviderFailure = {
  role: 'stt' | 'llm' | 'tts';
  provider: ProviderName;
  error: ProviderError;
  /** Who takes over; absent when nobody else is left. */
  next?: ProviderName;
  /** Nobody else is left, but the trouble may have passed: the same one is asked once more. */
  again?: true;
  /** Whether it had already delivered a part of this answer. */
  midStream: boolean;
};

/** The answer of a provider's `check`: a real connection with a tiny request. `message` says what to do when not ok. */
export type CheckResult = { ok: boolean; latencyMs: number; message: string };

/**
 * One provider file exports one value of this type, `as const satisfies Provider<…>`. The parts are in this order in
 * every file: options schema (a doc comment, a unit and a default per field), the provider, what it makes.
 */
export type Provider<R extends ProviderRole = ProviderRole, O extends z.ZodObject = z.ZodObject> = {
  /** The file's name without `.ts`, such as `deepgram-stt`. */
  name: string;
  role: R;
  /** For people: "Deepgram nova-3". */
  title: string;
  hosting: Hosting;
  /** Options with defaults. Operator settings, then agent options, are merged before they are parsed. */
  options: O;
  priceUnit: PriceUnit;
  /** Names of the options without which it cannot run (an API key, a URL); the cure names their environment variable. */
  requires: readonly (keyof z.input<O> & string)[];
  create(options: z.output<O>, context: BuildContext): RoleInstance[R] | Promise<RoleInstance[R]>;
  /** Connects and makes a tiny real request. Never throws; resolves within `timeoutMs`. */
  check(options: z.output<O>, context: { engine?: EngineClient; timeoutMs: number }): Promise<CheckResult>;
};

// oxlint-disable-next-line typescript/no-explicit-any -- a heterogeneous table needs a bivariant element type
export type AnyProvider = Provider<any, any>;

/** A provider with the agent's options for it. */
export type Stage = { provider: ProviderName; options?: Record<string, unknown> };

/** A named pipeline. The first stage of each list serves; the others are its fallbacks, in order. */
export type PipelineDefinition = {
  name: string;
  title: string;
  vad: readonly [Stage, ...Stage[]];
  stt: readonly [Stage, ...Stage[]];
  llm: readonly [Stage, ...Stage[]];
  tts: readonly [Stage, ...Stage[]];
};

/** A pipeline by name, before it is known which of its providers are configured. `hosting` says which may serve first. */
export type Preset = PipelineDefinition & {
  hosting: Hosting;
  /** Comes before `stt` on telephone lines, where the operator's settings leave it the place. */
  telephoneStt?: Stage & { suits: (settings: ProviderSettings) => boolean };
};

/** The operator's options per provider (keys, URLs, models), read from the environment by `src/config.ts`. */
export type ProviderSettings = Partial<Record<ProviderName, Record<string, unknown>>> & {
  /** Of every plugin that an agent file names by its package. */
  plugins?: { folder?: string; environment?: Readonly<Record<string, string>> };
};

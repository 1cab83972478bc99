import type { ShippedName } from '../../../pipelines/index.ts';
import type { ProviderError } from '../../../pipelines/errors.ts';
import { llmFailures } from './llm-failures.ts';
import { sttFailures } from './stt-failures.ts';
import { ttsFailures } from './tts-failures.ts';

/** What a provider can answer with. Who cannot be reached at all is in `connection-failures.ts`. */
export const answers = [
  'wrong key',
  'no credit',
  'used-up quota',
  'rate limit',
  'unknown model',
  'unknown voice',
  'full server',
  'wrong sample format',
] as const;

export type Far = { url: string; close: () => Promise<void> };

/** One way in which a failure comes about, and what is to be said of it. */
export type Case = {
  far: () => Promise<Far>;
  /** Besides those with which the provider works. */
  options?: Record<string, unknown>;
  code: ProviderError['code'];
  /** Stands in the message, in the words of an operator: a variable, an option, or a flag of the server. */
  setting: string;
  retryAfterSeconds?: number;
  /** Why the check cannot know, where it cannot. */
  unseenByCheck?: string;
  /** Why a call does not notice, where it does not: then only the check tells. */
  unseenInCall?: string;
};

/** A failure that can occur, in one or several ways, or the reason why it cannot. */
export type Cell = Case | Case[] | string;

export type Row = {
  /** With these and an address it works. */
  options: Record<string, unknown>;
  scheme: 'ws' | 'http' | 'tcp';
  /** The setting that holds its address. */
  addressSetting: string;
  /** With these it gives up a server that does not answer within a test's time. */
  patience: Record<string, unknown>;
  answers: Record<(typeof answers)[number], Cell>;
};

/** Providers that speak to nobody: they run in this host's processes, without keys, addresses or accounts. */
export const ofThisHost = [
  'silero-vad',
  'silero-plugin-vad',
  'moonshine-stt',
  'scripted-llm',
  'embedded-llm',
  'piper-embedded-tts',
] as const satisfies readonly ShippedName[];

/** Providers that are plugins of the SDK, which tell less of a failure: `plugin-failures.test.ts` holds them to what they can. */
export const byPlugin = [
  'deepgram-plugin-stt',
  'deepgram-plugin-tts',
  'elevenlabs-plugin-tts',
] as const satisfies readonly ShippedName[];

/** A new provider does not compile without a row. */
export const failureMatrix: Record<
  Exclude<ShippedName, (typeof ofThisHost)[number] | (typeof byPlugin)[number]>,
  Row
> = {
  ...sttFailures,
  ...llmFailures,
  ...ttsFailures,
};

import type { AudioFrame } from '@livekit/rtc-node';
import { z } from 'zod';
import type { BuildContext, Provider } from '../contract.ts';
import { networkFailure } from '../failure.ts';
import { openaiAnswer } from '../wire/openai-failure.ts';
import { parsed } from '../wire/parsed.ts';
import { timedCheck } from '../wire/timed-check.ts';
import { Transcriber, type TranscribeRequest } from '../wire/transcriber.ts';
import { utteranceRequests } from '../wire/utterance-requests.ts';
import { wavFile } from '../wire/wav.ts';

const name = 'openai-compatible-stt';

const options = z.strictObject({
  /** Address that ends in `/v1`. */
  url: z.url({ protocol: /^https?$/ }),
  model: z.string().default('whisper-1'),
  /** Key, where the server wants one. */
  apiKey: z.string().optional(),
  /** BCP 47; the agent's language where absent. */
  language: z.string().optional(),
  /** Silence that ends an utterance, milliseconds. */
  endSilenceMs: z.number().int().min(100).max(2000).default(220),
  /** Milliseconds in which an utterance must be transcribed. */
  timeoutMs: z.number().int().min(100).default(5_000),
});
type Options = z.output<typeof options>;

/** Any server with `/v1/audio/transcriptions`: whole utterances, found by voice activity, and so no interim results. */
export const openaiCompatibleStt = {
  name,
  role: 'stt',
  title: 'OpenAI-compatible transcription server',
  hosting: 'lan',
  options,
  priceUnit: 'none',
  requires: ['url'],
  create: transcriber,
  check: (chosen, { timeoutMs }) =>
    timedCheck(
      timeoutMs,
      (signal) => trySilence(chosen, signal),
      (error) => failure(error, chosen.url),
    ),
} as const satisfies Provider<'stt', typeof options>;

const settings = {
  provider: name,
  keySetting: 'OPENAI_COMPATIBLE_API_KEY',
  urlSetting: 'OPENAI_COMPATIBLE_STT_URL',
  modelSetting: 'the option model',
};
const slow = 'Check the server of OPENAI_COMPATIBLE_STT_URL, or raise the option timeoutMs.';

function transcriber(chosen: Options, context: BuildContext): Transcriber {
  const { url, model, language = context.language } = chosen;
  const transcribe = ({ data: pcm }: AudioFrame, signal: AbortSignal) => transcript(chosen, { pcm, language, signal });
  const identity = { label: name, model, provider: new URL(url).host };
  const hear = (request: TranscribeRequest) =>
    utteranceRequests({ ...chosen, provider: name, request, cure: slow, language, transcribe });
  return Transcriber.of(identity, hear, { interimResults: false });
}

const reply = z.object({ text: z.string().nullish() });

/** @throws ProviderError */
async function transcript(
  { url, model, apiKey }: Options,
  { pcm, language, signal }: { pcm: Int16Array; language: string; signal: AbortSignal },
): Promise<string> {
  const form = new FormData();
  form.set('file', new File([wavFile(pcm, 16_000)], 'utterance.wav', { type: 'audio/wav' }));
  form.set('model', model);
  form.set('language', language.split('-')[0] ?? 'en');
  form.set('response_format', 'json');
  try {
    const response = await fetch(`${url.replace(/\/$/, '')}/audio/transcriptions`, {
      method: 'POST',
      ...(apiKey && { headers: { Authorization: `Bearer ${apiKey}` } }),
      body: form,
      signal,
    });
    if (!response.ok) throw await openaiAnswer(response, { ...settings, url });
    const { text } = parsed(reply, await response.text(), { provider: name, setting: settings.urlSetting });
    return text?.trim() ?? '';
  } catch (error) {
    signal.throwIfAborted();
    throw failure(error, url);
  }
}

const failure = (error: unknown, url: string) =>
  networkFailure(error, { provider: name, url, setting: settings.urlSetting });

/** Has half a second of silence transcribed. */
async function trySilence(chosen: Options, signal: AbortSignal): Promise<string> {
  await transcript(chosen, { pcm: new Int16Array(8_000), language: chosen.language ?? 'en', signal });
  return `${chosen.model} transcribes.`;
}

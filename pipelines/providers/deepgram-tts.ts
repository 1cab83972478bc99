import type { AudioFrame } from '@livekit/rtc-node';
import { z } from 'zod';
import type { BuildContext, Provider } from '../contract.ts';
import { networkFailure } from '../failure.ts';
import { billMarks } from '../wire/bill-marks.ts';
import { deepgramRefusal } from '../wire/deepgram-api.ts';
import { FrameCutter } from '../wire/pcm.ts';
import { request } from '../wire/request.ts';
import { sentenceRequests } from '../wire/sentence-requests.ts';
import { timedCheck } from '../wire/timed-check.ts';
import { type SpeakRequest, type Spoken, Voice } from '../wire/voice.ts';

const name = 'deepgram-tts';

const options = z.strictObject({
  /** Key of the Deepgram project. */
  apiKey: z.string(),
  /** Model and voice in one. */
  model: z.string().default('aura-2-thalia-en'),
  /** Address of Deepgram or of a server that speaks its protocol. */
  url: z.url(),
  /** Sentences of one answer that are asked for at once. */
  concurrency: z.number().int().min(1).max(8).default(2),
  /** Milliseconds from a sentence to its sound. */
  audioTimeoutMs: z.number().int().min(100).default(1_500),
});
type Options = z.output<typeof options>;

const settings = { provider: name, urlSetting: 'DEEPGRAM_TTS_URL', modelSetting: 'the option model' };

/** Deepgram's voices, one streamed request of `/v1/speak` per sentence. */
export const deepgramTts = {
  name,
  role: 'tts',
  title: 'Deepgram Aura-2',
  hosting: 'cloud',
  options,
  priceUnit: 'character',
  requires: ['apiKey', 'url'],
  create: (chosen, context) =>
    Voice.of({ label: name, model: chosen.model, provider: 'deepgram' }, (asked) => speak(chosen, context, asked)),
  check: (chosen, { timeoutMs }) =>
    timedCheck(
      timeoutMs,
      (signal) => lookUp(chosen, signal),
      (error) => networkFailure(error, whereOf(chosen.url)),
    ),
} as const satisfies Provider<'tts', typeof options>;

const rateHz = 16_000;
const source = { provider: name, cure: 'Correct DEEPGRAM_TTS_URL: its server must send linear16 without a container.' };
const whereOf = (url: string) => ({ provider: name, url: url.replace(/^ws/, 'http'), setting: settings.urlSetting });

async function* speak(chosen: Options, context: BuildContext, asked: SpeakRequest): AsyncGenerator<Spoken> {
  let quantity = 0;
  const synthesize = (text: string, signal: AbortSignal) => {
    quantity += text.length;
    return sound(chosen, text, signal);
  };
  try {
    yield* sentenceRequests({ ...chosen, provider: name, setting: settings.urlSetting, request: asked, synthesize });
  } finally {
    const { model } = chosen;
    const use = { role: 'tts', provider: name, model, quantity, unit: 'character' } as const;
    if (quantity > 0) context.onUsage?.({ ...use, requestId: asked.requestId, ...billMarks(asked) });
  }
}

/** @throws ProviderError */
async function* sound({ url, apiKey, model }: Options, text: string, signal: AbortSignal): AsyncGenerator<AudioFrame> {
  const where = whereOf(url);
  const address = new URL('/v1/speak', where.url);
  const query = { model, encoding: 'linear16', sample_rate: String(rateHz), container: 'none' };
  address.search = new URLSearchParams(query).toString();
  const response = await request(address, where, {
    method: 'POST',
    headers: { Authorization: `Token ${apiKey}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ text }),
    signal,
  });
  if (!response.ok) throw refusal(response, await response.text());
  const cutter = new FrameCutter(rateHz, source);
  for await (const bytes of response.body ?? []) yield* cutter.push(bytes);
  yield* cutter.flush();
}

const refusal = ({ status, headers }: Response, body: string) =>
  deepgramRefusal(settings, { status, headers: Object.fromEntries(headers), body });

/** Asks which project the key belongs to and which voices there are, which costs nothing. */
async function lookUp({ url, apiKey, model }: Options, signal: AbortSignal): Promise<string> {
  const headers = { Authorization: `Token ${apiKey}` };
  const ask = (path: string) => fetch(new URL(path, whereOf(url).url), { headers, signal });
  const [projects, models] = await Promise.all([ask('/v1/projects'), ask('/v1/models')]);
  const [body, list] = await Promise.all([projects.text(), models.text()]);
  // A key may be allowed to speak, but not to look at projects.
  if (!projects.ok && projects.status !== 403) throw refusal(projects, body);
  // Where there is no list, nothing can be said about the model.
  if (models.ok && !list.includes(`"${model}"`))
    throw deepgramRefusal(settings, { status: 400, headers: {}, body: `{"err_msg":"no model ${model} in the list"}` });
  return `The key is valid and ${model} is served.`;
}

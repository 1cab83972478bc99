import type { stt } from '@livekit/agents';
import { z } from 'zod';
import { Attempt } from '../fallback/attempt.ts';
import { AudioMeter } from '../wire/audio-meter.ts';
import type { BuildContext, CheckResult, Provider } from '../contract.ts';
import { deepgramAddress, deepgramClose, deepgramRefusal, deepgramUrl } from '../wire/deepgram-api.ts';
import { ProviderError } from '../errors.ts';
import { networkFailure } from '../failure.ts';
import { audioUsed, heard, speechEnds, speechStarts } from '../text/heard.ts';
import { frameSeconds, Packer } from '../wire/pcm.ts';
import { Socket } from '../wire/socket.ts';
import { type AudioItem, flush, Transcriber, type TranscribeRequest } from '../wire/transcriber.ts';

const name = 'deepgram-stt';

const options = z.strictObject({
  /** Key of the Deepgram project. */
  apiKey: z.string(),
  /** A nova model; `nova-3-multi` takes several languages within one call. */
  model: z.string().default('nova-3'),
  /** Address of Deepgram or of a server that speaks its protocol. */
  url: z.url().default(deepgramUrl),
  /** BCP 47; the agent's language where absent. */
  language: z.string().optional(),
  /** Silence that ends an utterance, milliseconds. */
  endpointingMs: z.number().int().min(10).max(5000).default(25),
  /** Names and words to listen for. */
  keyterms: z.array(z.string()).default([]),
  /** Write numbers, dates and money as figures. */
  smartFormat: z.boolean().default(true),
  /** Keep the audio out of Deepgram's training programme; Deepgram may charge for it. */
  optOutOfTraining: z.boolean().default(false),
  /** Milliseconds in which the connection must stand. */
  connectTimeoutMs: z.number().int().min(100).default(2_000),
});
type Options = z.output<typeof options>;

const settings = { provider: name, urlSetting: 'DEEPGRAM_URL', modelSetting: 'DEEPGRAM_MODEL' };

/** Streaming recognition, protocol `/v1/listen`. */
export const deepgramStt = {
  name,
  role: 'stt',
  title: 'Deepgram nova-3',
  hosting: 'cloud',
  options,
  priceUnit: 'audio_second',
  requires: ['apiKey'],
  create: (chosen, context) => new DeepgramTranscriber(chosen, context),
  check,
} as const satisfies Provider<'stt', typeof options>;

const packetMs = 20;
/** Deepgram closes a stream that is silent for 10 s, and one that got no audio in its first 10 s. */
const keepAliveMs = 4_000;
const silence = new Uint8Array(16 * packetMs * 2);

type Message = {
  type: 'Results' | 'UtteranceEnd' | 'SpeechStarted' | 'Metadata';
  is_final?: boolean;
  speech_final?: boolean;
  start?: number;
  duration?: number;
  request_id?: string;
  channel?: { alternatives?: { transcript?: string; confidence?: number; languages?: string[] }[] };
  metadata?: { request_id?: string };
};

class DeepgramTranscriber extends Transcriber {
  readonly label = name;
  readonly #options: Options;
  readonly #context: BuildContext;

  constructor(chosen: Options, context: BuildContext) {
    super({ streaming: true, interimResults: true });
    this.#options = chosen;
    this.#context = context;
  }

  override get model(): string {
    return this.#options.model;
  }

  override get provider(): string {
    return 'deepgram';
  }

  async *transcribe({ audio, signal }: TranscribeRequest): AsyncGenerator<stt.SpeechEvent> {
    const attempt = new Attempt(this.label, signal);
    const meter = new AudioMeter(this.#context, { provider: this.label, model: this.model });
    let socket: Socket | undefined;
    try {
      socket = await connect(this.#options, this.#context.language, attempt.signal);
      const sent = { all: false };
      void this.#send(socket, audio, meter).then(() => (sent.all = true));
      let speaking = false;
      for await (const message of socket.messages()) {
        const { type, ...result } = JSON.parse(message.toString()) as Message;
        if (type === 'Results') {
          const event = this.#heard(result);
          if (event && !speaking) yield speechStarts;
          if (event) yield event;
          speaking ||= event !== undefined;
        }
        if (speaking && (type === 'UtteranceEnd' || (type === 'Results' && result.speech_final))) {
          speaking = false;
          yield speechEnds;
        }
      }
      if (!sent.all)
        throw new ProviderError(
          'unreachable',
          this.label,
          'Deepgram ended the stream while the call goes on. Check the server of DEEPGRAM_URL.',
        );
      yield audioUsed(meter.totalSeconds);
    } catch (error) {
      if (!signal.aborted) throw attempt.reason(error);
    } finally {
      socket?.close();
      attempt.end();
      meter.end();
    }
  }

  async #send(socket: Socket, audio: AsyncIterable<AudioItem>, meter: AudioMeter): Promise<void> {
    const packer = new Packer(packetMs);
    let quiet = true;
    let anyAudio = false;
    const keepAlive = setInterval(() => {
      if (quiet) socket.send(anyAudio ? '{"type":"KeepAlive"}' : silence);
      anyAudio = true;
      quiet = true;
    }, keepAliveMs);
    try {
      for await (const item of audio) {
        if (!socket.isOpen) return;
        if (item === flush) {
          for (const packet of packer.flush()) socket.send(packet);
          socket.send('{"type":"Finalize"}');
          continue;
        }
        for (const packet of packer.push(item)) socket.send(packet);
        meter.add(frameSeconds(item));
        quiet = false;
        anyAudio = true;
      }
      for (const packet of packer.flush()) socket.send(packet);
      socket.send('{"type":"CloseStream"}');
    } finally {
      clearInterval(keepAlive);
    }
  }

  #heard({ is_final, start = 0, duration = 0, channel, metadata }: Omit<Message, 'type'>): stt.SpeechEvent | undefined {
    const best = channel?.alternatives?.[0];
    if (!best?.transcript) return undefined;
    const said = {
      text: best.transcript,
      startTime: start,
      endTime: start + duration,
      confidence: best.confidence ?? 0,
      language: best.languages?.[0] ?? this.#options.language ?? this.#context.language,
    };
    return heard(is_final ? 'final' : 'interim', said, metadata?.request_id);
  }
}

function connect(chosen: Options, callLanguage: string, signal: AbortSignal): Promise<Socket> {
  const { url, apiKey, model, language = callLanguage, keyterms, connectTimeoutMs } = chosen;
  const multilingual = model.endsWith('-multi');
  const query = {
    model: multilingual ? model.slice(0, -'-multi'.length) : model,
    language: multilingual ? 'multi' : language,
    encoding: 'linear16',
    sample_rate: '16000',
    channels: '1',
    interim_results: 'true',
    punctuate: 'true',
    smart_format: String(chosen.smartFormat),
    no_delay: 'true',
    endpointing: String(chosen.endpointingMs),
    utterance_end_ms: '1000',
    mip_opt_out: chosen.optOutOfTraining ? 'true' : undefined,
    [model.startsWith('nova-2') ? 'keywords' : 'keyterm']: keyterms,
  };
  return Socket.open({
    provider: name,
    url: deepgramAddress(url, '/v1/listen', query),
    setting: settings.urlSetting,
    headers: { Authorization: `Token ${apiKey}` },
    timeoutMs: connectTimeoutMs,
    signal,
    refused: (refusal) => deepgramRefusal(settings, refusal),
    closed: (code, reason) => deepgramClose(name, code, reason),
  });
}

/** Opens a stream and closes it again: nothing is billed without audio. */
async function check(chosen: Options, { timeoutMs }: { timeoutMs: number }): Promise<CheckResult> {
  const started = performance.now();
  const latencyMs = () => Math.round(performance.now() - started);
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const socket = await connect({ ...chosen, connectTimeoutMs: timeoutMs }, chosen.language ?? 'en-US', signal);
    socket.close();
    return { ok: true, latencyMs: latencyMs(), message: `The key is valid and ${chosen.model} is served.` };
  } catch (error) {
    const failure = networkFailure(error, { provider: name, url: chosen.url, setting: settings.urlSetting });
    return { ok: false, latencyMs: latencyMs(), message: failure.message };
  }
}

import { stt } from '@livekit/agents';
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

const name = 'deepgram-flux-stt';

const options = z.strictObject({
  /** Key of the Deepgram project. */
  apiKey: z.string(),
  /** `flux-general-en`, or `flux-general-multi` for several languages. */
  model: z.string().default('flux-general-en'),
  /** Address of Deepgram or of a server that speaks its protocol. */
  url: z.url().default(deepgramUrl),
  /** 0.5–0.9: how sure it must be that the turn is over. */
  eotThreshold: z.number().min(0.5).max(0.9).default(0.7),
  /** 0.3–0.9: from here it tells the text early, so that the answer can be prepared. Absent: never. */
  eagerEotThreshold: z.number().min(0.3).max(0.9).optional(),
  /** Silence that always ends a turn, milliseconds. */
  eotTimeoutMs: z.number().int().min(500).max(10_000).default(5_000),
  /** Names and words to listen for. */
  keyterms: z.array(z.string()).default([]),
  /** Keep the audio out of Deepgram's training programme; Deepgram may charge for it. */
  optOutOfTraining: z.boolean().default(false),
  /** Milliseconds in which the connection must stand. */
  connectTimeoutMs: z.number().int().min(100).default(2_000),
});
type Options = z.output<typeof options>;

const settings = { provider: name, urlSetting: 'DEEPGRAM_URL', modelSetting: 'the option model' };

/** Recognition that tells the end of a turn itself, protocol `/v2/listen`. */
export const deepgramFluxStt = {
  name,
  role: 'stt',
  title: 'Deepgram Flux',
  hosting: 'cloud',
  options,
  priceUnit: 'audio_second',
  requires: ['apiKey'],
  create: (chosen, context) => new FluxTranscriber(chosen, context),
  check,
} as const satisfies Provider<'stt', typeof options>;

/** Deepgram advises 80 ms; of frames as long as a window of voice detection, two come nearest. */
const packetMs = 64;

type Message = {
  type: 'Connected' | 'TurnInfo' | 'Error' | 'FatalError';
  event?: 'Update' | 'StartOfTurn' | 'EagerEndOfTurn' | 'TurnResumed' | 'EndOfTurn';
  request_id?: string;
  audio_window_start?: number;
  audio_window_end?: number;
  transcript?: string;
  end_of_turn_confidence?: number;
  languages?: string[];
  code?: string;
  description?: string;
};

class FluxTranscriber extends Transcriber {
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
    const attempt = new Attempt(name, signal);
    const meter = new AudioMeter(this.#context, { provider: name, model: this.model });
    const sent = { all: false };
    let socket: Socket | undefined;
    let open: stt.SpeechEvent | undefined;
    try {
      socket = await connect(this.#options, attempt.signal);
      void send(socket, audio, meter).then(() => (sent.all = true));
      for await (const raw of socket.messages()) {
        const message = JSON.parse(raw.toString()) as Message;
        if (message.type === 'Error' || message.type === 'FatalError')
          throw new ProviderError('provider_failed', name, `Deepgram reports ${message.code}: ${message.description}.`);
        if (message.type !== 'TurnInfo') continue;
        if (message.event === 'StartOfTurn') yield speechStarts;
        if (message.event === 'EndOfTurn') {
          open = undefined;
          if (message.transcript) yield this.#heard('final', message);
          yield speechEnds;
        } else if (message.transcript) {
          open = this.#heard('final', message);
          const interim = this.#heard('interim', message);
          const isEager = message.event === 'EagerEndOfTurn';
          yield isEager ? { ...interim, type: stt.SpeechEventType.PREFLIGHT_TRANSCRIPT } : interim;
        }
      }
      if (!sent.all)
        throw new ProviderError(
          'unreachable',
          name,
          'Deepgram ended the stream while the call goes on. Check the server of DEEPGRAM_URL.',
        );
      // Closing a stream does not end the turn: what was told last is all there will be.
      if (open) yield open;
      yield audioUsed(meter.totalSeconds);
    } catch (error) {
      if (!signal.aborted) throw attempt.reason(error);
    } finally {
      socket?.close();
      attempt.end();
      meter.end();
    }
  }

  #heard(type: 'interim' | 'final', message: Message): stt.SpeechEvent {
    const said = {
      text: message.transcript ?? '',
      startTime: message.audio_window_start ?? 0,
      endTime: message.audio_window_end ?? 0,
      confidence: message.end_of_turn_confidence ?? 0,
      language: message.languages?.[0] ?? this.#context.language,
    };
    return heard(type, said, message.request_id);
  }
}

/** Flux knows neither keep-alives nor finalizing: silence is sent as silence, and it alone decides when a turn is over. */
async function send(socket: Socket, audio: AsyncIterable<AudioItem>, meter: AudioMeter): Promise<void> {
  const packer = new Packer(packetMs);
  for await (const item of audio) {
    if (!socket.isOpen) return;
    for (const packet of item === flush ? packer.flush() : packer.push(item)) socket.send(packet);
    if (item !== flush) meter.add(frameSeconds(item));
  }
  for (const packet of packer.flush()) socket.send(packet);
  socket.send('{"type":"CloseStream"}');
}

function connect(chosen: Options, signal: AbortSignal): Promise<Socket> {
  const { url, apiKey, model, eotThreshold, eagerEotThreshold, eotTimeoutMs, keyterms, connectTimeoutMs } = chosen;
  const query = {
    model,
    encoding: 'linear16',
    sample_rate: '16000',
    eot_threshold: String(eotThreshold),
    eager_eot_threshold: eagerEotThreshold === undefined ? undefined : String(eagerEotThreshold),
    eot_timeout_ms: String(eotTimeoutMs),
    keyterm: keyterms,
    mip_opt_out: chosen.optOutOfTraining ? 'true' : undefined,
  };
  return Socket.open({
    provider: name,
    url: deepgramAddress(url, '/v2/listen', query),
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
  try {
    const socket = await connect({ ...chosen, connectTimeoutMs: timeoutMs }, AbortSignal.timeout(timeoutMs));
    socket.close();
    return { ok: true, latencyMs: latencyMs(), message: `The key is valid and ${chosen.model} is served.` };
  } catch (error) {
    const failure = networkFailure(error, { provider: name, url: chosen.url, setting: settings.urlSetting });
    return { ok: false, latencyMs: latencyMs(), message: failure.message };
  }
}

import { stt } from '@livekit/agents';
import { Attempt } from '../fallback/attempt.ts';
import { ProviderError } from '../errors.ts';
import { speechEnds, speechStarts } from '../text/heard.ts';
import { AudioMeter } from '../wire/audio-meter.ts';
import { frameSeconds } from '../wire/pcm.ts';
import { type AudioItem, flush, Transcriber, type TranscribeRequest } from '../wire/transcriber.ts';
import { utteranceRequests } from '../wire/utterance-requests.ts';
import { catchRun, ListenerWatch, onlyOnce, type PluginParts } from './plugin-parts.ts';

const { START_OF_SPEECH, END_OF_SPEECH, RECOGNITION_USAGE } = stt.SpeechEventType;

/** Silence that ends an utterance for a plugin which transcribes whole ones, milliseconds. */
const endSilenceMs = 220;

/**
 * A plugin's recogniser as one of Parley's. What it costs is what the plugin says it sent (`stt_metrics`); where it says
 * nothing of a stream, the audio it was given.
 */
export class PluginTranscriber extends Transcriber {
  readonly label: string;
  readonly #parts: PluginParts<stt.STT>;
  readonly #listeners: ListenerWatch;
  readonly #meter: AudioMeter;

  constructor(parts: PluginParts<stt.STT>) {
    const { instance, name, context } = parts;
    const { streaming, interimResults } = instance.capabilities;
    super({ streaming: true, interimResults: streaming && interimResults });
    this.label = name;
    this.#parts = parts;
    this.#meter = new AudioMeter(context, { provider: name, model: instance.model });
    // Without a listener, an error that a plugin tells of would end the process. It is taken where it arises.
    instance.on('error', () => undefined);
    instance.on('metrics_collected', ({ audioDurationMs }) => this.#meter.add(audioDurationMs / 1000));
    this.#listeners = new ListenerWatch(parts);
  }

  override get model(): string {
    return this.#parts.instance.model;
  }

  override get provider(): string {
    return this.#parts.instance.provider;
  }

  transcribe(request: TranscribeRequest): AsyncGenerator<stt.SpeechEvent> {
    return this.#parts.instance.capabilities.streaming ? this.#stream(request) : this.#wholeUtterances(request);
  }

  override async close(): Promise<void> {
    await this.#parts.instance.close();
    this.#meter.end();
  }

  async *#stream({ audio, signal }: TranscribeRequest): AsyncGenerator<stt.SpeechEvent> {
    const { instance, timeoutMs, cure, explain } = this.#parts;
    const attempt = new Attempt(this.label, signal, cure);
    const given = { seconds: 0, all: false };
    let told = false;
    let speaking = false;
    let stream: stt.SpeechStream | undefined;
    try {
      attempt.signal.throwIfAborted();
      const opened = (stream = catchRun(instance.stream({ connOptions: onlyOnce(timeoutMs) }), (error) =>
        attempt.fail(explain(error)),
      ));
      attempt.signal.addEventListener('abort', () => opened.close(), { once: true });
      void this.#feed({ stream, audio, attempt, given });
      for await (const event of stream) {
        told ||= event.type === RECOGNITION_USAGE;
        if (event.alternatives && !speaking) yield speechStarts;
        speaking = event.type === END_OF_SPEECH ? false : speaking || event.type === START_OF_SPEECH || !!event.alternatives;
        yield event;
      }
      attempt.signal.throwIfAborted();
      if (!given.all)
        throw new ProviderError('unreachable', this.label, `the service ended the stream while the call goes on. ${cure}`);
      if (speaking) yield speechEnds;
    } catch (error) {
      if (!signal.aborted) throw explain(attempt.reason(error));
    } finally {
      if (!attempt.signal.aborted) stream?.close();
      attempt.end();
      this.#listeners.used();
      if (!told) this.#meter.add(given.seconds);
      this.#meter.end();
    }
  }

  async #feed(job: {
    stream: stt.SpeechStream;
    audio: AsyncIterable<AudioItem>;
    attempt: Attempt;
    given: { seconds: number; all: boolean };
  }): Promise<void> {
    const { stream, audio, attempt, given } = job;
    const { timeoutMs, cure } = this.#parts;
    const intake = new Intake(stream);
    for await (const item of audio) {
      if (attempt.signal.aborted) return;
      if (intake.offer() > timeoutMs)
        return attempt.fail(
          new ProviderError('timeout', this.label, `the plugin took no audio for ${timeoutMs} ms. ${cure}`.trim()),
        );
      if (item === flush) {
        stream.flush();
        continue;
      }
      stream.pushFrame(item);
      given.seconds += frameSeconds(item);
    }
    given.all = true;
    if (attempt.signal.aborted) return;
    stream.endInput();
    attempt.expect('last transcript', timeoutMs);
  }

  async *#wholeUtterances({ audio, signal }: TranscribeRequest): AsyncGenerator<stt.SpeechEvent> {
    const { instance, timeoutMs, cure, explain, context } = this.#parts;
    try {
      yield* utteranceRequests({
        provider: this.label,
        request: { audio, signal },
        endSilenceMs,
        timeoutMs,
        cure,
        language: context.language,
        transcribe: async (frame, one) => {
          const { alternatives } = await instance.recognize(frame, one);
          return alternatives?.[0].text ?? '';
        },
      });
    } catch (error) {
      throw explain(error);
    } finally {
      this.#meter.end();
    }
  }
}

/** Notices a plugin that takes no audio, because its connection does not come about or is opened again and again. */
class Intake {
  #waiting = 0;
  #movedAtMs = performance.now();

  constructor(stream: stt.SpeechStream) {
    // A plugin takes its audio from `input`, which is the contract between the SDK and its plugins.
    const { input } = stream as unknown as { input: { next: (options?: object) => Promise<unknown> } };
    const next = input.next.bind(input);
    input.next = async (options) => {
      const taken = await next(options);
      this.#waiting -= 1;
      this.#movedAtMs = performance.now();
      return taken;
    };
  }

  /** Milliseconds since which nothing was taken of what was offered. */
  offer(): number {
    if (this.#waiting <= 0) this.#movedAtMs = performance.now();
    this.#waiting += 1;
    return performance.now() - this.#movedAtMs;
  }
}

import { stt } from '@livekit/agents';
import { Attempt } from '../fallback/attempt.ts';
import { ProviderError } from '../errors.ts';
import { speechEnds, speechStarts } from '../text/heard.ts';
import { AudioMeter } from '../wire/audio-meter.ts';
import { frameSeconds } from '../wire/pcm.ts';
import { type AudioItem, flush, Transcriber, type TranscribeRequest } from '../wire/transcriber.ts';
import { utteranceRequests } from '../wire/utterance-requests.ts';
import { Intake } from './intake.ts';
import { identityOf, ListenerWatch, onlyOnce, type PluginParts } from './plugin-parts.ts';

const { START_OF_SPEECH, END_OF_SPEECH, RECOGNITION_USAGE } = stt.SpeechEventType;

/** Silence that ends an utterance for a plugin which transcribes whole ones, milliseconds. */
const endSilenceMs = 220;

/** The audio a plugin was given, and when its last words are given up. */
type Given = { seconds: number; all: boolean; timer: NodeJS.Timeout | undefined };

/**
 * A plugin's recogniser as one of Parley's. What it costs is what the plugin says it sent (`stt_metrics`); where it says
 * nothing of a stream, the audio it was given.
 */
export class PluginTranscriber extends Transcriber {
  readonly #parts: PluginParts<stt.STT>;
  readonly #listeners: ListenerWatch;
  readonly #meter: AudioMeter;

  constructor(parts: PluginParts<stt.STT>) {
    const { instance, name, context } = parts;
    const { streaming, interimResults } = instance.capabilities;
    super(identityOf(parts), { interimResults: streaming && interimResults });
    this.#parts = parts;
    this.#meter = new AudioMeter(context, { provider: name, model: instance.model });
    // Without a listener, an error that a plugin emits would end the process. It is taken where it arises.
    instance.on('error', () => undefined);
    instance.on('metrics_collected', ({ audioDurationMs }) => this.#meter.add(audioDurationMs / 1000));
    this.#listeners = new ListenerWatch(parts);
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
    const given: Given = { seconds: 0, all: false, timer: undefined };
    let told = false;
    let speaking = false;
    let intake: Intake | undefined;
    try {
      attempt.signal.throwIfAborted();
      const opened = (intake = new Intake(instance.stream({ connOptions: onlyOnce(timeoutMs) }), (error) =>
        attempt.fail(explain(error)),
      ));
      attempt.signal.addEventListener('abort', () => opened.close(), { once: true });
      void this.#feed({ intake, audio, attempt, given });
      for await (const event of intake.events) {
        told ||= event.type === RECOGNITION_USAGE;
        if (event.alternatives && !speaking) yield speechStarts;
        speaking =
          event.type === END_OF_SPEECH ? false : speaking || event.type === START_OF_SPEECH || !!event.alternatives;
        yield event;
      }
      attempt.signal.throwIfAborted();
      if (!given.all)
        throw new ProviderError(
          'unreachable',
          this.label,
          `the service ended the stream while the call goes on. ${cure}`,
        );
      if (speaking) yield speechEnds;
    } catch (error) {
      if (!signal.aborted) throw explain(attempt.reason(error));
    } finally {
      intake?.close();
      clearTimeout(given.timer);
      attempt.end();
      this.#listeners.used();
      if (!told) this.#meter.add(given.seconds);
      this.#meter.end();
    }
  }

  async #feed(job: { intake: Intake; audio: AsyncIterable<AudioItem>; attempt: Attempt; given: Given }): Promise<void> {
    const { intake, audio, attempt, given } = job;
    const { timeoutMs } = this.#parts;
    for await (const item of audio) {
      if (attempt.signal.aborted) return;
      if (intake.offer(item) > timeoutMs) return attempt.fail(this.#tookNothing());
      if (item !== flush) given.seconds += frameSeconds(item);
    }
    given.all = true;
    if (attempt.signal.aborted) return;
    intake.end();
    // Some plugins keep their stream open for ever after the last audio; what they heard of it is there by then.
    const ended = () => (intake.tookAll ? intake.close() : attempt.fail(this.#tookNothing()));
    given.timer = setTimeout(ended, timeoutMs);
  }

  #tookNothing(): ProviderError {
    const { timeoutMs, cure } = this.#parts;
    return new ProviderError('timeout', this.label, `the plugin took no audio for ${timeoutMs} ms. ${cure}`.trim());
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

import type { stt } from '@livekit/agents';
import { z } from 'zod';
import type { BuildContext, CheckResult, ProviderName } from '../contract.ts';
import { ProviderError } from '../errors.ts';
import { networkFailure } from '../failure.ts';
import { Attempt } from '../fallback/attempt.ts';
import { audioUsed } from '../text/heard.ts';
import { AudioMeter } from './audio-meter.ts';
import { deepgramAddress, deepgramClose, deepgramRefusal, deepgramUrl } from './deepgram-api.ts';
import { frameSeconds, Packer } from './pcm.ts';
import { Socket } from './socket.ts';
import { timedCheck } from './timed-check.ts';
import { type AudioItem, flush, Transcriber, type TranscribeRequest } from './transcriber.ts';

/** The options of everything that listens at Deepgram. */
export const listenOptions = {
  /** Key of the Deepgram project. */
  apiKey: z.string(),
  /** Address of Deepgram or of a server that speaks its protocol. */
  url: z.url().default(deepgramUrl),
  /** Names and words to listen for. */
  keyterms: z.array(z.string()).default([]),
  /** Keep the audio out of Deepgram's training programme; Deepgram may charge for it. */
  optOutOfTraining: z.boolean().default(false),
  /** Milliseconds in which the connection must stand. */
  connectTimeoutMs: z.number().int().min(100).default(2_000),
};

type ListenOptions = z.output<z.ZodObject<typeof listenOptions>> & { language?: string | undefined };

/** What one of Deepgram's two ways to listen has of its own. */
type Listening<O, M> = {
  name: ProviderName;
  path: string;
  modelSetting: string;
  /** Whether its final transcripts are ends of turns. */
  endsTurns: boolean;
  /** `language`: BCP 47, of the call. */
  model: (chosen: O, language: string) => string;
  query: (chosen: O, language: string) => Record<string, string | string[] | undefined>;
  /** Milliseconds of audio in one message. */
  packetMs: number;
  /** Whether it has messages that keep a silent stream open and that end an utterance now. */
  takesControl: boolean;
  message: z.ZodType<M>;
  /** Makes events of the messages of one stream. */
  events: (messages: AsyncIterable<M>, language: string) => AsyncIterable<stt.SpeechEvent>;
};

/** Deepgram closes a stream that is silent for 10 s, and one that got no audio in its first 10 s. */
const keepAliveMs = 4_000;
const urlSetting = 'DEEPGRAM_URL';

/** The parts of a provider that streams the audio of a call to Deepgram. */
export function deepgramListen<O extends ListenOptions, M>(
  way: Listening<O, M>,
): {
  create: (chosen: O, context: BuildContext) => Transcriber;
  check: (chosen: O, limits: { timeoutMs: number }) => Promise<CheckResult>;
} {
  const { name, modelSetting } = way;
  const settings = { provider: name, urlSetting, modelSetting };
  const connect = (chosen: O, language: string, signal: AbortSignal) =>
    Socket.open({
      provider: name,
      url: deepgramAddress(chosen.url, way.path, {
        ...way.query(chosen, language),
        encoding: 'linear16',
        sample_rate: '16000',
        mip_opt_out: chosen.optOutOfTraining ? 'true' : undefined,
      }),
      setting: urlSetting,
      headers: { Authorization: `Token ${chosen.apiKey}` },
      timeoutMs: chosen.connectTimeoutMs,
      signal,
      refused: (refusal) => deepgramRefusal(settings, refusal),
      closed: (code, reason) => deepgramClose(name, code, reason),
    });

  async function* transcribe(
    chosen: O,
    context: BuildContext,
    { audio, attempt }: { audio: TranscribeRequest['audio']; attempt: Attempt },
  ) {
    const language = chosen.language ?? context.language;
    const meter = new AudioMeter(context, { provider: name, model: way.model(chosen, language) });
    let socket: Socket | undefined;
    try {
      const open = (socket = await connect(chosen, language, attempt.signal));
      const sent = { all: false };
      void send(open, audio, { way, meter }).then(() => (sent.all = true));
      yield* way.events(wholeStream(open, way, sent), language);
      yield audioUsed(meter.totalSeconds);
    } finally {
      socket?.close();
      meter.end();
    }
  }

  return {
    create: (chosen, context) =>
      Transcriber.of(
        { label: name, model: way.model(chosen, chosen.language ?? context.language), provider: 'deepgram' },
        ({ audio, signal }) =>
          Attempt.stream({ provider: name, signal }, (attempt) => transcribe(chosen, context, { audio, attempt })),
        { endsTurns: way.endsTurns },
      ),
    /** Opens a stream and closes it again: nothing is billed without audio. */
    check: (chosen, { timeoutMs }) =>
      timedCheck(
        timeoutMs,
        async (signal) => {
          const limited = { ...chosen, connectTimeoutMs: timeoutMs };
          const language = chosen.language ?? 'en-US';
          (await connect(limited, language, signal)).close();
          return `The key is valid and ${way.model(chosen, language)} is served.`;
        },
        (error) => networkFailure(error, { provider: name, url: chosen.url, setting: urlSetting }),
      ),
  };
}

/** What the server says, to its end. @throws ProviderError where it ends before the audio does */
async function* wholeStream<M>(
  socket: Socket,
  { name, message }: Listening<never, M>,
  sent: { all: boolean },
): AsyncGenerator<M> {
  yield* socket.messages(message);
  if (sent.all) return;
  const early = 'Deepgram ended the stream while the call goes on. Check the server of DEEPGRAM_URL.';
  throw new ProviderError('unreachable', name, early);
}

async function send(
  socket: Socket,
  audio: AsyncIterable<AudioItem>,
  {
    way: { packetMs, takesControl },
    meter,
  }: { way: Pick<Listening<never, unknown>, 'packetMs' | 'takesControl'>; meter: AudioMeter },
): Promise<void> {
  const packer = new Packer(packetMs);
  const silence = new Uint8Array(16 * packetMs * 2);
  let quiet = true;
  let anyAudio = false;
  const keepAlive = setInterval(() => {
    if (quiet && takesControl) socket.send(anyAudio ? '{"type":"KeepAlive"}' : silence);
    anyAudio = true;
    quiet = true;
  }, keepAliveMs);
  try {
    for await (const item of audio) {
      if (!socket.isOpen) return;
      for (const packet of item === flush ? packer.flush() : packer.push(item)) socket.send(packet);
      if (item === flush) {
        if (takesControl) socket.send('{"type":"Finalize"}');
        continue;
      }
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

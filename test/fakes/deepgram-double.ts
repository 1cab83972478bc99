import { type Delay, drawDelays } from './delay.ts';
import { type Line, samplesOf, startSocketDouble, Transcripts } from './socket-double.ts';
import { SpeechDetector } from './speech-detector.ts';

export type DeepgramBehaviour = {
  /** Milliseconds from the last voiced sample received to the final transcript. */
  finalDelayMs: Delay;
  /** What the utterances of a connection say, in turn; the last one repeats. */
  transcripts: string[];
  /** Voiced milliseconds between two interim results; 0 sends none. */
  interimEveryMs: number;
  /** Milliseconds from the audio of an interim result to the result. */
  interimDelayMs: number;
  /** `speech_final` never comes; an UtteranceEnd takes its place. */
  withoutSpeechFinal: boolean;
  /** Seconds without a message after which the server closes with NET-0001. */
  idleSeconds: number;
  /** Answers the handshake with this status. */
  refuse?: { status: number; code: string; message: string; headers?: Record<string, string> };
  /** Never answers the handshake. */
  hang?: boolean;
  /** Closes with this code once an utterance has begun, and before it is final. */
  closeInSpeech?: { code: number; reason: string };
  /** Hears but says nothing. */
  mute?: boolean;
};

export type DeepgramDouble = Awaited<ReturnType<typeof startDeepgramDouble>>;

/** Speaks Deepgram's `/v1/listen`. It knows when somebody speaks, not what: the words are given. */
export async function startDeepgramDouble(given: Partial<DeepgramBehaviour> = {}) {
  const behaviour: DeepgramBehaviour = {
    finalDelayMs: 50,
    transcripts: ['hello there'],
    interimEveryMs: 200,
    interimDelayMs: 0,
    withoutSpeechFinal: false,
    idleSeconds: 10,
    ...given,
  };
  const state = { keepAlives: 0, finalizes: 0, queries: [] as Record<string, string[]>[] };
  const shared = { behaviour, state, utterances: new Transcripts(behaviour), draw: drawDelays() };
  let connections = 0;
  return startSocketDouble({
    behaviour,
    state,
    refusal: (request, url) => {
      const denied = (status: number, code: string, message: string, headers?: Record<string, string>) => ({
        status,
        headers: { 'dg-request-id': 'double', 'dg-error': message, ...headers },
        body: { err_code: code, err_msg: message, request_id: 'double' },
      });
      if (request.headers.authorization === 'Token wrong') return denied(401, 'INVALID_AUTH', 'Invalid credentials.');
      if (url.searchParams.get('model')?.includes('unknown'))
        return denied(400, 'INVALID_QUERY_PARAMETER', 'No such model/language/tier combination found.');
      const { refuse } = behaviour;
      if (refuse) return denied(refuse.status, refuse.code, refuse.message, refuse.headers);
      if (url.pathname !== '/v1/listen') return denied(404, 'NOT_FOUND', 'No such route');
      state.queries.push(
        Object.fromEntries([...url.searchParams.keys()].map((key) => [key, url.searchParams.getAll(key)])),
      );
      return undefined;
    },
    serve: (line) => serve(line, { ...shared, requestId: `dg-${(connections += 1)}` }),
  });
}

type Shared = {
  behaviour: DeepgramBehaviour;
  state: { keepAlives: number; finalizes: number };
  utterances: Transcripts;
  draw: (delay: Delay) => number;
  requestId: string;
};

const leastSilenceMs = 40;
/** A word is told when as much of it was heard, milliseconds of voice. */
const wordMs = 200;

function serve({ socket, say }: Line, { behaviour, state, utterances, draw, requestId }: Shared): void {
  const detector = new SpeechDetector();
  let final: NodeJS.Timeout | undefined;
  /** Of this utterance. */
  let finalDelayMs: number | undefined;
  let interims = 0;
  let heardAudio = false;
  const metadata = {
    request_id: requestId,
    model_info: { name: 'double', version: '1', arch: 'nova-3' },
  };
  const result = (text: string, flags: { is_final: boolean; speech_final: boolean; from_finalize?: boolean }) => {
    const start = detector.speechStartSeconds;
    const duration = Math.max(detector.speechEndSeconds - start, 0);
    const words = text.split(' ').map((word) => ({ word, start, end: start + duration, confidence: 0.99 }));
    say({
      type: 'Results',
      channel_index: [0, 1],
      duration,
      start,
      from_finalize: false,
      ...flags,
      channel: { alternatives: [{ transcript: text, confidence: 0.99, words }] },
      metadata,
    });
  };
  const endUtterance = (fromFinalize: boolean) => {
    clearTimeout(final);
    finalDelayMs = undefined;
    const { speaking } = detector;
    detector.endUtterance();
    interims = 0;
    if (behaviour.mute) return;
    const withSpeechFinal = !behaviour.withoutSpeechFinal && !fromFinalize;
    result(speaking ? utterances.text : '', {
      is_final: true,
      speech_final: withSpeechFinal,
      from_finalize: fromFinalize,
    });
    if (!speaking) return;
    utterances.count += 1;
    if (behaviour.withoutSpeechFinal)
      say({ type: 'UtteranceEnd', channel: [0, 1], last_word_end: detector.speechEndSeconds });
  };
  // Silence is heard, not waited for: a sender that stalls has not stopped speaking.
  const endOnceSilent = () => {
    if (detector.silentMs >= leastSilenceMs) endUtterance(false);
    else final = setTimeout(endOnceSilent, 10);
  };
  let idle = setTimeout(() => undefined, 0);
  const rest = () => {
    clearTimeout(idle);
    idle = setTimeout(
      () => socket.close(1011, 'NET-0001: the service did not receive an audio packet within the timeout window'),
      behaviour.idleSeconds * 1000,
    );
  };
  rest();
  socket.on('message', (data: Buffer, isBinary) => {
    if (!isBinary) {
      const { type } = JSON.parse(data.toString()) as { type: string };
      if (type === 'KeepAlive') {
        state.keepAlives += 1;
        if (heardAudio) rest();
      }
      if (type === 'Finalize') {
        state.finalizes += 1;
        endUtterance(true);
      }
      if (type === 'CloseStream') {
        if (detector.speaking) endUtterance(false);
        say({ type: 'Metadata', request_id: metadata.request_id, duration: detector.positionSeconds, channels: 1 });
        socket.close(1000);
      }
      return;
    }
    if (data.length === 0) return socket.close(1000);
    if (data.length % 2 !== 0) return socket.close(1008, 'DATA-0000: the payload cannot be decoded as audio');
    rest();
    heardAudio = true;
    const voiced = detector.push(samplesOf(data));
    if (!voiced || behaviour.mute) return;
    if (behaviour.closeInSpeech && detector.voicedMs > 100) {
      const { code, reason } = behaviour.closeInSpeech;
      return socket.close(code, reason);
    }
    clearTimeout(final);
    final = setTimeout(endOnceSilent, (finalDelayMs ??= draw(behaviour.finalDelayMs)));
    const due = behaviour.interimEveryMs > 0 ? Math.floor(detector.voicedMs / behaviour.interimEveryMs) : 0;
    if (due <= interims) return;
    interims = due;
    const text = utterances.words.slice(0, Math.floor(detector.voicedMs / wordMs)).join(' ');
    const interim = () => {
      if (interims > 0) result(text, { is_final: false, speech_final: false });
    };
    if (behaviour.interimDelayMs > 0) setTimeout(interim, behaviour.interimDelayMs);
    else interim();
  });
  socket.once('close', () => {
    clearTimeout(idle);
    clearTimeout(final);
  });
}

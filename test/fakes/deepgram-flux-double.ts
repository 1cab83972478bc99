import { serveSpeech } from './deepgram-speak.ts';
import { json } from './http-double.ts';
import { type Line, samplesOf, startSocketDouble, Transcripts } from './socket-double.ts';
import { SpeechDetector } from './speech-detector.ts';
import { toneBytes } from './tone-bytes.ts';

export type FluxBehaviour = {
  /** Milliseconds from the last voiced sample received to the end of the turn. */
  finalDelayMs: number;
  /** Milliseconds from there to the eager end of the turn, where the client asks for one. */
  eagerDelayMs: number;
  transcripts: string[];
  refuse?: { status: number; code: string; message: string; headers?: Record<string, string> };
  hang?: boolean;
  mute?: boolean;
  /** Answers `/v1/speak` with this status after so many texts. */
  failSpeechAfter?: number;
  hangSpeech?: boolean;
  msPerCharacter: number;
  /** Comes instead of samples. */
  sound?: Buffer;
  /** Closes with this code once somebody speaks. */
  closeInSpeech?: { code: number; reason: string };
};

export type FluxDouble = Awaited<ReturnType<typeof startFluxDouble>>;

/** Speaks Deepgram's turn-taking `/v2/listen`, which takes neither keep-alives nor finalizing, and its `/v1/speak`. */
export async function startFluxDouble(given: Partial<FluxBehaviour> = {}) {
  const behaviour: FluxBehaviour = {
    finalDelayMs: 50,
    eagerDelayMs: 45,
    transcripts: ['hello there'],
    msPerCharacter: 60,
    ...given,
  };
  const state = { texts: [] as string[], cancelled: 0, asked: new URLSearchParams() };
  const utterances = new Transcripts(behaviour);
  const error = (code: string, message: string) => ({ err_code: code, err_msg: message, request_id: 'double' });
  const double = await startSocketDouble({
    behaviour,
    state,
    request(request, response, raw) {
      const url = new URL(request.url ?? '/', 'http://double');
      if (request.headers.authorization === 'Token wrong')
        return json(response, 401, error('INVALID_AUTH', 'Invalid credentials.'));
      if (url.pathname === '/v1/projects') return json(response, 200, { projects: [] });
      if (url.pathname === '/v1/models')
        return json(response, 200, { stt: [], tts: [{ name: 'thalia', canonical_name: 'aura-2-thalia-en' }] });
      if (url.searchParams.get('model') === 'unknown')
        return json(response, 400, error('INVALID_QUERY_PARAMETER', 'No such model.'));
      if (behaviour.refuse)
        return json(
          response,
          behaviour.refuse.status,
          error(behaviour.refuse.code, behaviour.refuse.message),
          behaviour.refuse.headers,
        );
      if (state.texts.length >= (behaviour.failSpeechAfter ?? Infinity))
        return json(response, 500, error('INTERNAL', 'Something broke'));
      const { text } = JSON.parse(raw.toString()) as { text: string };
      state.texts.push(text);
      double.state.open += 1;
      response.on('close', () => {
        double.state.open -= 1;
        if (!response.writableFinished) state.cancelled += 1;
      });
      if (behaviour.hangSpeech) return;
      response.writeHead(200, { 'Content-Type': 'audio/l16;rate=16000;channels=1' });
      response.end(behaviour.sound ?? toneBytes(text.length * behaviour.msPerCharacter, 16_000));
    },
    refusal: (request, url) => {
      const { refuse } = behaviour;
      const denied = (status: number, code: string, message: string) => ({
        status,
        headers: { 'dg-error': message, ...refuse?.headers },
        body: error(code, message),
      });
      if (request.headers.authorization === 'Token wrong') return denied(401, 'INVALID_AUTH', 'Invalid credentials.');
      if (url.searchParams.get('model') === 'unknown') return denied(400, 'INVALID_QUERY_PARAMETER', 'No such model.');
      if (refuse) return denied(refuse.status, refuse.code, refuse.message);
      const isKnown = url.pathname === '/v1/speak' || url.pathname === '/v2/listen';
      return isKnown ? undefined : denied(404, 'NOT_FOUND', 'No such route');
    },
    serve(line) {
      if (line.url.pathname === '/v1/speak') serveSpeech(line, { behaviour, state });
      else {
        state.asked = line.url.searchParams;
        serve(line, { behaviour, utterances });
      }
    },
  });
  return double;
}

const leastSilenceMs = 40;

function serve(
  { socket, url, say: tell }: Line,
  { behaviour, utterances }: { behaviour: FluxBehaviour; utterances: Transcripts },
): void {
  const isEager = url.searchParams.has('eager_eot_threshold');
  const detector = new SpeechDetector();
  let sequence = 0;
  let end: NodeJS.Timeout | undefined;
  let eager: NodeJS.Timeout | undefined;
  let saidEagerly = false;
  let told = 0;
  const say = (message: Record<string, unknown>) =>
    tell({ request_id: 'double', sequence_id: (sequence += 1), ...message });
  const turn = (event: string, text: string) =>
    say({
      type: 'TurnInfo',
      event,
      turn_index: utterances.count,
      audio_window_start: detector.speechStartSeconds,
      audio_window_end: detector.speechEndSeconds,
      transcript: text,
      words: text.split(' ').map((word) => ({ word, confidence: 0.9 })),
      end_of_turn_confidence: { EndOfTurn: 0.9, EagerEndOfTurn: 0.5 }[event] ?? 0.1,
    });
  const endEagerly = () => {
    if (detector.silentMs < leastSilenceMs) {
      eager = setTimeout(endEagerly, 10);
      return;
    }
    saidEagerly = true;
    turn('EagerEndOfTurn', utterances.text);
  };
  // Silence is heard, not waited for: a sender that stalls has not stopped speaking.
  const endOnceSilent = () => {
    if (detector.silentMs < leastSilenceMs) {
      end = setTimeout(endOnceSilent, 10);
      return;
    }
    clearTimeout(eager);
    saidEagerly = false;
    turn('EndOfTurn', utterances.text);
    detector.endUtterance();
    utterances.count += 1;
    told = 0;
  };
  say({ type: 'Connected' });
  socket.on('message', (data: Buffer, isBinary) => {
    if (!isBinary) {
      const { type } = JSON.parse(data.toString()) as { type: string };
      if (type !== 'CloseStream') {
        say({ type: 'Error', code: 'UNPARSABLE_CLIENT_MESSAGE', description: `unknown variant ${type}` });
        return socket.close(1008);
      }
      // What was heard is told once more, but the turn does not end, and the close has no code.
      if (detector.speaking && !behaviour.mute) turn('Update', utterances.text);
      return socket.close();
    }
    const voiced = detector.push(samplesOf(data));
    if (!voiced || behaviour.mute) return;
    if (behaviour.closeInSpeech) return socket.close(behaviour.closeInSpeech.code, behaviour.closeInSpeech.reason);
    if (told === 0) turn('StartOfTurn', '');
    if (saidEagerly) turn('TurnResumed', utterances.text);
    saidEagerly = false;
    clearTimeout(end);
    end = setTimeout(endOnceSilent, behaviour.finalDelayMs);
    clearTimeout(eager);
    if (isEager) eager = setTimeout(endEagerly, behaviour.eagerDelayMs);
    const words = utterances.words;
    const due = Math.min(1 + Math.floor(detector.voicedMs / 200), words.length);
    if (due === told) return;
    told = due;
    turn('Update', words.slice(0, due).join(' '));
  });
  socket.once('close', () => {
    clearTimeout(end);
    clearTimeout(eager);
  });
}

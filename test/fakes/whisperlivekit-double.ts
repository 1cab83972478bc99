import { type Line, samplesOf, startSocketDouble, Transcripts } from './socket-double.ts';
import { SpeechDetector } from './speech-detector.ts';

export type WhisperLiveKitBehaviour = {
  transcripts: string[];
  /** Milliseconds by which the text is behind the audio. */
  lagMs: number;
  /** Milliseconds from the first samples in which nothing is worked out: the first pass on a busy machine. */
  busyMs: number;
  /** The server was started with `--pcm-input`. */
  takesSamples: boolean;
  token?: string;
  hang?: boolean;
  mute?: boolean;
};

export type WhisperLiveKitDouble = Awaited<ReturnType<typeof startWhisperLiveKitDouble>>;

/** Speaks QuentinFuxa/WhisperLiveKit on `/asr`: it greets, tells all lines each time, and no line is ever marked final. */
export async function startWhisperLiveKitDouble(given: Partial<WhisperLiveKitBehaviour> = {}) {
  const behaviour: WhisperLiveKitBehaviour = {
    transcripts: ['hello there'],
    lagMs: 50,
    busyMs: 0,
    takesSamples: true,
    ...given,
  };
  const utterances = new Transcripts(behaviour);
  return startSocketDouble({
    behaviour,
    state: {},
    request: (_request, response) => void response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html></html>'),
    // A wrong token closes before the socket is accepted, which a client sees as 403.
    refusal: (_request, { pathname, searchParams }) => {
      const isKnown = !behaviour.token || searchParams.get('token') === behaviour.token;
      return pathname === '/asr' && isKnown ? undefined : { status: 403, body: 'Forbidden' };
    },
    serve: (line) => serve(line, { behaviour, utterances }),
  });
}

type Spoken = { speaker: number; text: string | null; start: string; end: string };

function serve(
  { socket, url, say }: Line,
  { behaviour, utterances }: { behaviour: WhisperLiveKitBehaviour; utterances: Transcripts },
): void {
  const detector = new SpeechDetector();
  const lines: Spoken[] = [];
  if (url.searchParams.get('language') === 'xx') {
    say({ type: 'error', error: 'Unsupported language: xx' });
    socket.close(4400);
  } else say({ type: 'config', useAudioWorklet: behaviour.takesSamples, mode: 'full' });
  const clock = (seconds: number) =>
    `0:${String(Math.floor(seconds / 60)).padStart(2, '0')}:${(seconds % 60).toFixed(2).padStart(5, '0')}`;
  let last = '';
  let startedAtMs = performance.now();
  let heardAudio = false;
  let workedOutSeconds = 0;
  /** The first counts by the clock, from the first samples, and not before something is worked out; the second counts audio. */
  const remaining = () => {
    const byClock = (performance.now() - startedAtMs) / 1000 - workedOutSeconds;
    return {
      remaining_time_transcription: workedOutSeconds > 0 ? Math.max(Number(byClock.toFixed(1)), 0) : 0,
      remaining_time_transcription_processing: Number((detector.positionSeconds - workedOutSeconds).toFixed(1)),
    };
  };
  /** Of what was voiced, how much it has not worked out. */
  const pendingMs = () => Math.max(0, behaviour.lagMs - 50 - detector.silentMs);
  const tell = (ended = false) => {
    const isBusy = !ended && performance.now() - startedAtMs < behaviour.busyMs;
    if (isBusy) return say({ status: 'active_transcription', lines: [], buffer_transcription: '', ...remaining() });
    const all = utterances.words;
    const isOver = ended || detector.silentMs > behaviour.lagMs + 100;
    const known = detector.speaking
      ? isOver
        ? all.length
        : Math.min(Math.max(0, Math.floor((detector.voicedMs - pendingMs()) / 200)), all.length)
      : 0;
    const stable = all.slice(0, isOver ? known : Math.max(known - 1, 0)).join(' ');
    const unstable = isOver ? '' : (all[known - 1] ?? '');
    const [start, end] = [clock(detector.speechStartSeconds), clock(detector.speechEndSeconds)];
    const growing = stable ? [{ speaker: 1, text: stable, start, end, detected_language: 'en' }] : [];
    if (detector.speaking)
      workedOutSeconds =
        isOver || known === all.length ? detector.speechEndSeconds : detector.speechStartSeconds + known * 0.2;
    const update = { lines: [...lines, ...growing], buffer_transcription: unstable, ...remaining() };
    const text = JSON.stringify(update);
    if (text !== last && !behaviour.mute)
      say({
        status: lines.length + growing.length > 0 || unstable ? 'active_transcription' : 'no_audio_detected',
        ...update,
        buffer_diarization: '',
        remaining_time_diarization: 0,
      });
    last = text;
    if (!detector.speaking || !isOver) return;
    lines.push(...growing, { speaker: -2, text: null, start: end, end: clock(detector.positionSeconds) });
    detector.endUtterance();
    utterances.count += 1;
  };
  const updates = setInterval(tell, 50);
  socket.on('message', (data: Buffer, isBinary) => {
    if (!isBinary) return socket.close(1011);
    if (data.length === 0) {
      tell(true);
      say({ type: 'ready_to_stop' });
      return;
    }
    if (!heardAudio) startedAtMs = performance.now();
    heardAudio = true;
    detector.push(samplesOf(data));
  });
  socket.once('close', () => {
    clearInterval(updates);
  });
}

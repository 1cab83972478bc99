import { type Line, samplesOf, startSocketDouble, Transcripts } from './socket-double.ts';
import { SpeechDetector } from './speech-detector.ts';

export type ScribeBehaviour = {
  /** What the utterances of a connection say, in turn; the last one repeats. */
  transcripts: string[];
  /** Never answers the handshake. */
  hang?: boolean;
  /** Hears but says nothing. */
  mute?: boolean;
  /** Answers the handshake with this status. */
  refuse?: number;
};

/** Milliseconds of voice after which a further part of the text is told. */
const partMs = 200;
/** Silence that commits an utterance, milliseconds. */
const commitMs = 300;

/**
 * Speaks ElevenLabs' `/v1/speech-to-text/realtime` (Scribe v2), with commits by the server's voice activity or by the client
 * (elevenlabs.io/docs, realtime speech to text). It knows when somebody speaks, not what.
 */
export async function startScribeDouble(given: Partial<ScribeBehaviour> = {}) {
  const behaviour: ScribeBehaviour = { transcripts: ['hello there'], ...given };
  const state = { queries: [] as URLSearchParams[] };
  const utterances = new Transcripts(behaviour);
  const double = await startSocketDouble({
    behaviour,
    state,
    refusal: (request, url) => {
      const status = request.headers['xi-api-key'] === 'wrong' ? 401 : behaviour.refuse;
      if (status) return { status, body: { detail: { status: 'invalid_api_key' } } };
      if (url.pathname !== '/v1/speech-to-text/realtime') return { status: 404, body: { detail: 'Not Found' } };
      state.queries.push(url.searchParams);
      return undefined;
    },
    serve: (line) => serve(line, { behaviour, utterances }),
  });
  return { ...double, url: `${double.url.replace(/^ws/, 'http')}/v1` };
}

function serve(
  { socket, url, say: tell }: Line,
  { behaviour, utterances }: { behaviour: ScribeBehaviour; utterances: Transcripts },
): void {
  const byVoice = url.searchParams.get('commit_strategy') === 'vad';
  const detector = new SpeechDetector();
  let told = 0;
  const say = (message: Record<string, unknown>) => {
    if (!behaviour.mute) tell(message);
  };
  const commit = () => {
    const text = detector.speaking ? utterances.text : '';
    if (detector.speaking) utterances.count += 1;
    detector.endUtterance();
    told = 0;
    say({ message_type: 'committed_transcript', text });
  };
  say({ message_type: 'session_started', session_id: 'double', config: { sample_rate: 16_000 } });
  socket.on('message', (data: Buffer) => {
    const { audio_base_64: audio, commit: asked } = JSON.parse(data.toString()) as {
      audio_base_64: string;
      commit: boolean;
    };
    const voiced = detector.push(samplesOf(Buffer.from(audio, 'base64')));
    if (voiced) {
      const words = utterances.words;
      const due = Math.min(1 + Math.floor(detector.voicedMs / partMs), words.length);
      if (due > told) say({ message_type: 'partial_transcript', text: words.slice(0, due).join(' ') });
      told = Math.max(told, due);
    }
    if (asked || (byVoice && detector.speaking && detector.silentMs >= commitMs)) commit();
  });
}

import { json } from './http-double.ts';
import { type Line, startSocketDouble, Transcripts } from './socket-double.ts';
import { SpeechDetector } from './speech-detector.ts';

export type WhisperLiveBehaviour = {
  /** What the utterances of a connection say, in turn; the last one repeats. */
  transcripts: string[];
  /** Milliseconds between two passes over the audio; a message goes out after each. */
  passMs: number;
  audioFormat: 'float32' | 'int16';
  /** Minutes the server is full for: it says so and closes. */
  waitMinutes?: number;
  /** Answers the configuration with this error. */
  error?: string;
  /** Milliseconds until the model is ready. */
  readyMs: number;
  /** Seconds of audio after which the connection has had its time, once. */
  disconnectAfterSeconds?: number;
  apiKey?: string;
  hang?: boolean;
  mute?: boolean;
};

export type WhisperLiveDouble = Awaited<ReturnType<typeof startWhisperLiveDouble>>;

/** Speaks collabora/WhisperLive: silent until it was configured, segments with times as text, again and again, and no flush. */
export async function startWhisperLiveDouble(given: Partial<WhisperLiveBehaviour> = {}) {
  const behaviour: WhisperLiveBehaviour = {
    transcripts: ['hello there'],
    passMs: 40,
    audioFormat: 'float32',
    readyMs: 5,
    ...given,
  };
  const state = { configurations: [] as Record<string, unknown>[], ended: 0 };
  const utterances = new Transcripts(behaviour);
  return startSocketDouble({
    behaviour,
    state,
    request: (_request, response) => json(response, 426, { error: 'Upgrade Required' }),
    refusal: ({ headers }) => {
      const isKnown = !behaviour.apiKey || headers.authorization === `Bearer ${behaviour.apiKey}`;
      return isKnown ? undefined : { status: 401, body: 'Unauthorized' };
    },
    serve: (line) => serve(line, { behaviour, state, utterances }),
  });
}

type Shared = {
  behaviour: WhisperLiveBehaviour;
  state: { configurations: Record<string, unknown>[]; ended: number };
  utterances: Transcripts;
};

const required = ['uid', 'language', 'task', 'model'];
/** A segment is complete when its text came out unchanged this often. */
const passesUntilComplete = 10;

function serve({ socket, say: tell }: Line, { behaviour, state, utterances }: Shared): void {
  const detector = new SpeechDetector();
  const completed: { start: string; end: string; text: string; completed: boolean }[] = [];
  let uid = '';
  let unchangedPasses = 0;
  let lastText = '';
  const say = (message: Record<string, unknown>) => tell({ uid, ...message });
  const pass = setInterval(() => {
    if (!uid || behaviour.mute || !detector.speaking) return;
    const all = utterances.words;
    const isSilent = detector.silentMs > 100;
    const known = isSilent ? all.length : Math.min(Math.floor(detector.voicedMs / 200), all.length);
    const text = ` ${all.slice(0, known).join(' ')}`;
    if (known === 0) return;
    unchangedPasses = text === lastText ? unchangedPasses + 1 : 0;
    lastText = text;
    const segment = {
      start: detector.speechStartSeconds.toFixed(3),
      end: detector.speechEndSeconds.toFixed(3),
      text,
      completed: isSilent && unchangedPasses >= passesUntilComplete,
    };
    if (segment.completed) {
      // The server takes a text that it had just completed for the same one again, and drops it.
      if (completed.at(-1)?.text.toLowerCase() !== text.toLowerCase()) completed.push(segment);
      detector.endUtterance();
      utterances.count += 1;
      unchangedPasses = 0;
    }
    say({ segments: [...completed.slice(-10), ...(segment.completed ? [] : [segment])] });
  }, behaviour.passMs);
  socket.on('message', (data: Buffer, isBinary) => {
    if (!uid) {
      const configuration = isBinary ? {} : (JSON.parse(data.toString()) as Record<string, unknown>);
      // The server fails on a key that is not there, and the connection ends without a word.
      if (required.some((key) => !(key in configuration))) return socket.close();
      state.configurations.push(configuration);
      if (behaviour.waitMinutes !== undefined) {
        tell({ uid: configuration['uid'], status: 'WAIT', message: behaviour.waitMinutes });
        return socket.close();
      }
      if (behaviour.error) {
        tell({ uid: configuration['uid'], status: 'ERROR', message: behaviour.error });
        return socket.close();
      }
      setTimeout(() => {
        uid = String(configuration['uid']);
        say({ message: 'SERVER_READY', backend: 'faster_whisper' });
      }, behaviour.readyMs);
      return;
    }
    if (!isBinary) return socket.close();
    if (data.toString() === 'END_OF_AUDIO') {
      state.ended += 1;
      return socket.close();
    }
    const bytes = data.buffer.slice(data.byteOffset, data.byteOffset + data.length);
    detector.push(behaviour.audioFormat === 'int16' ? new Int16Array(bytes) : new Float32Array(bytes));
    const limit = behaviour.disconnectAfterSeconds;
    if (limit === undefined || detector.positionSeconds < limit) return;
    delete behaviour.disconnectAfterSeconds;
    say({ message: 'DISCONNECT' });
    socket.close();
  });
  socket.once('close', () => {
    clearInterval(pass);
  });
}

import type { WebSocket } from 'ws';
import { json, listen } from './http-double.ts';
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
  const state = { open: 0, queries: [] as URLSearchParams[] };
  const sockets = new Set<WebSocket>();
  const utterances = { count: 0 };
  const server = await listen({
    request: (_request, response) => json(response, 404, { detail: 'Not Found' }),
    upgrade(request, { accept, refuse, hang }) {
      const url = new URL(request.url ?? '/', 'http://double');
      if (behaviour.hang) return hang();
      const status = request.headers['xi-api-key'] === 'wrong' ? 401 : behaviour.refuse;
      if (status) return refuse(status, {}, '{"detail":{"status":"invalid_api_key"}}');
      if (url.pathname !== '/v1/speech-to-text/realtime') return refuse(404, {}, '{"detail":"Not Found"}');
      state.queries.push(url.searchParams);
      accept((socket) => {
        sockets.add(socket);
        socket.once('close', () => sockets.delete(socket));
        serve(socket, { behaviour, state, utterances, byVoice: url.searchParams.get('commit_strategy') === 'vad' });
      });
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}/v1`,
    behaviour,
    state,
    dropAll: () => sockets.forEach((socket) => socket.terminate()),
    freezeAll: () => sockets.forEach((socket) => socket.pause()),
    close: server.close,
  };
}

function serve(
  socket: WebSocket,
  shared: { behaviour: ScribeBehaviour; state: { open: number }; utterances: { count: number }; byVoice: boolean },
): void {
  const { behaviour, state, utterances, byVoice } = shared;
  const detector = new SpeechDetector();
  let told = 0;
  state.open += 1;
  const say = (message: Record<string, unknown>) => {
    if (socket.readyState === socket.OPEN && !behaviour.mute) socket.send(JSON.stringify(message));
  };
  const transcript = () => behaviour.transcripts[Math.min(utterances.count, behaviour.transcripts.length - 1)] ?? '';
  const commit = () => {
    const text = detector.speaking ? transcript() : '';
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
    const bytes = Buffer.from(audio, 'base64');
    const voiced = detector.push(new Int16Array(new Uint8Array(bytes).buffer));
    if (voiced) {
      const words = transcript().split(' ');
      const due = Math.min(1 + Math.floor(detector.voicedMs / partMs), words.length);
      if (due > told) say({ message_type: 'partial_transcript', text: words.slice(0, due).join(' ') });
      told = Math.max(told, due);
    }
    if (asked || (byVoice && detector.speaking && detector.silentMs >= commitMs)) commit();
  });
  socket.once('close', () => (state.open -= 1));
}

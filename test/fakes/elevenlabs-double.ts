import { setTimeout as sleep } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { type Delay, drawDelays } from './delay.ts';
import { json, listen } from './http-double.ts';
import { toneBytes } from './tone-bytes.ts';

const models = ['eleven_flash_v2_5', 'eleven_multilingual_v2'];

export type ElevenLabsBehaviour = {
  /** Milliseconds from a flushed text to its first sound. */
  firstAudioMs: Delay;
  /** Sound per character of text, milliseconds. */
  msPerCharacter: number;
  /** How much faster than it is spoken the sound comes. */
  speedUp: number;
  /** Frames without an alignment, which occur. */
  withoutAlignment: boolean;
  /** Answers handshakes and look-ups with this. */
  refuse?: { status: number; detail: unknown; headers?: Record<string, string> };
  hang?: boolean;
  /** Milliseconds of sound after which the socket breaks, once. */
  breakAfterMs?: number;
  /** Milliseconds of sound after which nothing more comes. */
  stallAfterMs?: number;
  /** The sound of a text, 16-bit samples at 16 kHz. @default a tone */
  speak?: (text: string) => Promise<Buffer>;
  /** Comes instead of samples. */
  sound?: Buffer;
  /** Milliseconds an ended context lingers before it is confirmed. */
  lingerMs: number;
};

export type ElevenLabsDouble = Awaited<ReturnType<typeof startElevenLabsDouble>>;

/** Speaks ElevenLabs' `multi-stream-input` `/v1/voices/{id}` and `/v1/models`. Its voice is a tone, as long as the text would be. */
export async function startElevenLabsDouble(given: Partial<ElevenLabsBehaviour> = {}) {
  const behaviour: ElevenLabsBehaviour = {
    firstAudioMs: 20,
    msPerCharacter: 60,
    speedUp: 20,
    withoutAlignment: false,
    lingerMs: 5,
    ...given,
  };
  const state = {
    connections: 0,
    open: 0,
    contexts: 0,
    mostContexts: 0,
    cancelled: 0,
    texts: [] as string[],
    queries: [] as URLSearchParams[],
  };
  const sockets = new Set<WebSocket>();
  const draw = drawDelays();
  const refusal = (key: string | string[] | undefined, voice: string) => {
    if (key === 'wrong') return { status: 401, detail: { status: 'invalid_api_key', message: 'Invalid API key' } };
    if (voice === 'unknown')
      return { status: 400, detail: { status: 'voice_not_found', message: 'A voice was not found.' } };
    return behaviour.refuse;
  };
  const server = await listen({
    request(request, response) {
      if (request.url === '/v1/models') {
        return json(
          response,
          200,
          models.map((model) => ({ model_id: model, can_do_text_to_speech: true })),
        );
      }
      const voice = /^\/v1\/voices\/([^/?]+)/.exec(request.url ?? '')?.[1];
      if (voice === undefined) return json(response, 404, { detail: 'Not Found' });
      const refused = refusal(request.headers['xi-api-key'], voice);
      if (refused) return json(response, refused.status, { detail: refused.detail }, behaviour.refuse?.headers);
      return json(response, 200, { voice_id: voice, name: 'Double' });
    },
    upgrade(request, { accept, refuse, hang }) {
      const url = new URL(request.url ?? '/', 'http://double');
      const voice = /^\/v1\/text-to-speech\/([^/]+)\/multi-stream-input$/.exec(url.pathname)?.[1];
      if (behaviour.hang) return hang();
      const refused =
        voice === undefined ? { status: 404, detail: 'Not Found' } : refusal(request.headers['xi-api-key'], voice);
      if (refused)
        return refuse(
          refused.status,
          { 'Content-Type': 'application/json', ...behaviour.refuse?.headers },
          JSON.stringify({ detail: refused.detail }),
        );
      state.queries.push(url.searchParams);
      accept((socket) => {
        sockets.add(socket);
        socket.once('close', () => sockets.delete(socket));
        if (!models.includes(url.searchParams.get('model_id') ?? '')) {
          const text = 'A model with this ID does not exist.';
          socket.send(JSON.stringify({ message: text, error: 'model_not_found', code: 1008 }));
          return socket.close(1008, 'model_not_found');
        }
        serve(socket, { behaviour, state, draw });
      });
    },
  });
  return {
    url: `ws://127.0.0.1:${server.port}`,
    behaviour,
    state,
    dropAll: () => sockets.forEach((socket) => socket.terminate()),
    freezeAll: () => sockets.forEach((socket) => socket.pause()),
    close: server.close,
  };
}

/** Of 16-bit samples at 16 kHz. */
const bytesPerMs = 32;

function slice(voice: Buffer | undefined, fromMs: number, lengthMs: number): Buffer | undefined {
  // A whole number of samples, wherever the end of the voice lies.
  return voice?.subarray(fromMs * bytesPerMs, Math.ceil((fromMs + lengthMs) * bytesPerMs));
}

type State = {
  connections: number;
  open: number;
  contexts: number;
  mostContexts: number;
  cancelled: number;
  texts: string[];
};
type Context = { queue: Promise<void>; ended: boolean; cut: boolean; busy: number };

function serve(
  socket: WebSocket,
  { behaviour, state, draw }: { behaviour: ElevenLabsBehaviour; state: State; draw: (delay: Delay) => number },
): void {
  state.connections += 1;
  state.open += 1;
  const contexts = new Map<string, Context>();
  const say = (message: Record<string, unknown>) => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
  };
  const speak = async (contextId: string, context: Context, text: string) => {
    await sleep(draw(behaviour.firstAudioMs));
    const sliceMs = 100;
    const voice = await behaviour.speak?.(text.trim());
    const totalMs = voice ? voice.length / bytesPerMs : text.trim().length * behaviour.msPerCharacter;
    for (let spokenMs = 0; spokenMs < totalMs; spokenMs += sliceMs) {
      if (context.cut || socket.readyState !== socket.OPEN) return;
      if (behaviour.stallAfterMs !== undefined && spokenMs >= behaviour.stallAfterMs)
        return sleep(60_000, undefined, { ref: false });
      if (behaviour.breakAfterMs !== undefined && spokenMs >= behaviour.breakAfterMs) {
        delete behaviour.breakAfterMs;
        return socket.terminate();
      }
      const lengthMs = Math.min(sliceMs, totalMs - spokenMs);
      const at = (ms: number) => Math.round((ms / totalMs) * text.length);
      const chars = text.slice(at(spokenMs), at(spokenMs + lengthMs)).split('');
      const alignment = { chars, charStartTimesMs: chars.map(() => 0), charDurationsMs: chars.map(() => 1) };
      say({
        audio: (behaviour.sound ?? slice(voice, spokenMs, lengthMs) ?? toneBytes(lengthMs, 16_000)).toString('base64'),
        isFinal: false,
        alignment: behaviour.withoutAlignment ? null : alignment,
        normalizedAlignment: null,
        contextId,
      });
      await sleep(lengthMs / behaviour.speedUp);
    }
  };
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as {
      text?: string;
      context_id?: string;
      flush?: boolean;
      close_context?: boolean;
      close_socket?: boolean;
    };
    if (message.close_socket) return socket.close(1000);
    const contextId = message.context_id ?? '';
    let context = contexts.get(contextId);
    if (message.close_context) {
      if (!context || context.ended) return;
      const ending = context;
      ending.ended = true;
      if (ending.busy > 0) state.cancelled += 1;
      void ending.queue
        .then(() => sleep(behaviour.lingerMs))
        .then(() => {
          contexts.delete(contextId);
          say({ isFinal: true, contextId });
        });
      return;
    }
    if (!context) {
      if (contexts.size >= 5) {
        const text = 'Maximum simultaneous contexts per WebSocket connection exceeded (5). Please close one first.';
        say({ message: text, error: 'max_active_conversations', code: 1008, contextId });
        return socket.close(1008, 'max_active_conversations');
      }
      context = { queue: Promise.resolve(), ended: false, cut: false, busy: 0 };
      contexts.set(contextId, context);
      state.contexts += 1;
      state.mostContexts = Math.max(state.mostContexts, contexts.size);
    }
    const { text = '' } = message;
    if (!text.trim()) return;
    const speaking = context;
    state.texts.push(text);
    speaking.busy += 1;
    speaking.queue = speaking.queue.then(() => speak(contextId, speaking, text)).finally(() => (speaking.busy -= 1));
  });
  socket.once('close', () => {
    state.open -= 1;
    for (const context of contexts.values()) context.cut = true;
  });
}

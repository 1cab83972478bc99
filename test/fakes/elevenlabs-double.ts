import { setTimeout as sleep } from 'node:timers/promises';
import { type Delay, drawDelays } from './delay.ts';
import { json } from './http-double.ts';
import { type Line, startSocketDouble } from './socket-double.ts';
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
    contexts: 0,
    mostContexts: 0,
    cancelled: 0,
    texts: [] as string[],
    queries: [] as URLSearchParams[],
  };
  const draw = drawDelays();
  const refused = (key: string | string[] | undefined, voice: string) => {
    if (key === 'wrong') return { status: 401, detail: { status: 'invalid_api_key', message: 'Invalid API key' } };
    if (voice === 'unknown')
      return { status: 400, detail: { status: 'voice_not_found', message: 'A voice was not found.' } };
    return behaviour.refuse;
  };
  return startSocketDouble({
    behaviour,
    state,
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
      const refusal = refused(request.headers['xi-api-key'], voice);
      if (refusal) return json(response, refusal.status, { detail: refusal.detail }, behaviour.refuse?.headers);
      return json(response, 200, { voice_id: voice, name: 'Double' });
    },
    refusal: (request, url) => {
      const voice = /^\/v1\/text-to-speech\/([^/]+)\/multi-stream-input$/.exec(url.pathname)?.[1];
      const why =
        voice === undefined ? { status: 404, detail: 'Not Found' } : refused(request.headers['xi-api-key'], voice);
      if (!why) state.queries.push(url.searchParams);
      return why && { status: why.status, headers: behaviour.refuse?.headers, body: { detail: why.detail } };
    },
    serve(line) {
      if (models.includes(line.url.searchParams.get('model_id') ?? '')) return serve(line, { behaviour, state, draw });
      line.say({ message: 'A model with this ID does not exist.', error: 'model_not_found', code: 1008 });
      line.socket.close(1008, 'model_not_found');
    },
  });
}

/** Of 16-bit samples at 16 kHz. */
const bytesPerMs = 32;

function slice(voice: Buffer | undefined, fromMs: number, lengthMs: number): Buffer | undefined {
  // A whole number of samples, wherever the end of the voice lies.
  return voice?.subarray(fromMs * bytesPerMs, Math.ceil((fromMs + lengthMs) * bytesPerMs));
}

type State = {
  contexts: number;
  mostContexts: number;
  cancelled: number;
  texts: string[];
};
type Context = { queue: Promise<void>; ended: boolean; cut: boolean; busy: number };

function serve(
  { socket, say }: Line,
  { behaviour, state, draw }: { behaviour: ElevenLabsBehaviour; state: State; draw: (delay: Delay) => number },
): void {
  const contexts = new Map<string, Context>();
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
    for (const context of contexts.values()) context.cut = true;
  });
}

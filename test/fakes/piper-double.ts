import { setTimeout as sleep } from 'node:timers/promises';
import { json, listen } from './http-double.ts';
import { oddWav, type WavHeader } from './odd-wav.ts';
import { toneBytes } from './tone-bytes.ts';

export type PiperBehaviour = {
  /** `synthesize` since 1.5; `root` before, where the other is not found; `text` is the archived server. */
  generation: 'synthesize' | 'root' | 'text';
  rateHz: 16_000 | 22_050;
  /** Milliseconds per request before the whole file is sent. */
  delayMs: number;
  msPerCharacter: number;
  /** The sound of a text, 16-bit samples at `rateHz`. @default a tone */
  speak?: (text: string) => Promise<Buffer>;
  voices: string[];
  /** What its WAV files say of their samples. */
  header?: WavHeader;
  /** Answers with this status and a page of HTML. */
  failWith?: number;
  hang?: boolean;
  /** Requests after which it fails. */
  failAfter?: number;
};

export type PiperDouble = Awaited<ReturnType<typeof startPiperDouble>>;

/** Speaks Piper's HTTP servers of all generations: the whole file at once, errors as HTML, types not to be trusted. */
export async function startPiperDouble(given: Partial<PiperBehaviour> = {}) {
  const behaviour: PiperBehaviour = {
    generation: 'synthesize',
    rateHz: 22_050,
    delayMs: 10,
    msPerCharacter: 60,
    voices: ['en_US-joe-medium'],
    ...given,
  };
  const state = { open: 0, mostOpen: 0, texts: [] as string[], bodies: [] as Record<string, unknown>[], cancelled: 0 };
  const server = await listen({
    async request(request, response, raw) {
      const page = (status: number) =>
        response.writeHead(status, { 'Content-Type': 'text/html' }).end(`<html><h1>${status}</h1></html>`);
      if (request.url === '/voices' && behaviour.generation !== 'text')
        return json(response, 200, Object.fromEntries(behaviour.voices.map((voice) => [voice, {}])));
      const route = behaviour.generation === 'synthesize' ? '/synthesize' : '/';
      if (request.url !== route) return void page(request.url === '/' ? 405 : 404);
      const failing = behaviour.failWith ?? (state.texts.length >= (behaviour.failAfter ?? Infinity) ? 500 : undefined);
      if (failing) return void page(failing);
      const body =
        behaviour.generation === 'text'
          ? { text: raw.toString() }
          : (JSON.parse(raw.toString()) as Record<string, unknown>);
      const text = String(body['text']);
      if (!text) return void page(500);
      state.texts.push(text);
      state.bodies.push(body);
      state.open += 1;
      state.mostOpen = Math.max(state.mostOpen, state.open);
      response.on('close', () => {
        state.open -= 1;
        if (!response.writableFinished) state.cancelled += 1;
      });
      if (behaviour.hang) return;
      await sleep(behaviour.delayMs);
      const spoken = await behaviour.speak?.(text);
      const bytes = spoken ?? toneBytes(text.length * behaviour.msPerCharacter, behaviour.rateHz);
      const type = behaviour.generation === 'text' ? 'text/html' : 'audio/wav';
      response.writeHead(200, { 'Content-Type': type }).end(oddWav(bytes, behaviour.rateHz, behaviour.header));
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, behaviour, state, close: server.close };
}

import { setTimeout as sleep } from 'node:timers/promises';
import { json, listen } from './http-double.ts';
import { oddWav, type WavHeader } from './odd-wav.ts';
import { toneBytes } from './tone-bytes.ts';

export type SpeechServerBehaviour = {
  /** Milliseconds before the first sound, and before a transcript. */
  delayMs: number;
  msPerCharacter: number;
  /** Rate of `pcm`, and whether the answer's type tells it. */
  rateHz: number;
  tellsRate: boolean;
  transcripts: string[];
  /** Comes instead of samples, and the answer's type for them. */
  sound?: Buffer;
  pcmType?: string;
  /** What a WAV file says of its samples. */
  header?: WavHeader;
  refuse?: { status: number; body: unknown; headers?: Record<string, string> };
  hang?: boolean;
  /** Bytes of sound after which the connection breaks. */
  breakAfterBytes?: number;
};

export type SpeechServerDouble = Awaited<ReturnType<typeof startSpeechServerDouble>>;

/** Speaks `/v1/audio/speech` and `/v1/audio/transcriptions` as OpenAI-compatible servers do: errors flat or nested, any rate. */
export async function startSpeechServerDouble(given: Partial<SpeechServerBehaviour> = {}) {
  const behaviour: SpeechServerBehaviour = {
    delayMs: 10,
    msPerCharacter: 60,
    rateHz: 22_050,
    tellsRate: true,
    transcripts: ['hello there'],
    ...given,
  };
  const state = {
    open: 0,
    mostOpen: 0,
    texts: [] as string[],
    cancelled: 0,
    transcriptions: [] as Record<string, string>[],
  };
  const server = await listen({
    async request(request, response, raw) {
      if (request.headers.authorization === 'Bearer wrong')
        return json(response, 401, { error: { message: 'Incorrect API key provided', code: 'invalid_api_key' } });
      if (behaviour.refuse)
        return json(response, behaviour.refuse.status, behaviour.refuse.body, behaviour.refuse.headers);
      state.open += 1;
      state.mostOpen = Math.max(state.mostOpen, state.open);
      response.on('close', () => {
        state.open -= 1;
        if (!response.writableFinished) state.cancelled += 1;
      });
      if (behaviour.hang) return;
      if (request.url === '/v1/audio/transcriptions') {
        const fields = await formFields(raw, request.headers['content-type'] ?? '');
        if (fields['model'] === 'unknown') return json(response, 404, { error: { message: 'Model not found' } });
        const text =
          behaviour.transcripts[Math.min(state.transcriptions.length, behaviour.transcripts.length - 1)] ?? '';
        state.transcriptions.push(fields);
        await sleep(behaviour.delayMs);
        return json(response, 200, { text });
      }
      if (request.url !== '/v1/audio/speech') return json(response, 404, { message: 'Not Found', code: 404 });
      const body = JSON.parse(raw.toString()) as {
        input: string;
        model: string;
        voice: string;
        response_format: string;
      };
      if (body.model === 'unknown')
        return json(response, 404, { message: 'unknown model', code: 404, type: 'NotFound' });
      if (body.voice === 'unknown') return json(response, 400, { message: 'unknown voice', code: 400 });
      state.texts.push(body.input);
      await sleep(behaviour.delayMs);
      const bytes = toneBytes(body.input.length * behaviour.msPerCharacter, behaviour.rateHz);
      if (body.response_format === 'wav') {
        const file = oddWav(bytes, behaviour.rateHz, behaviour.header);
        return void response.writeHead(200, { 'Content-Type': 'audio/wav' }).end(file);
      }
      if (behaviour.sound) return void response.writeHead(200, { 'Content-Type': 'audio/pcm' }).end(behaviour.sound);
      const type = behaviour.pcmType ?? (behaviour.tellsRate ? `audio/pcm;rate=${behaviour.rateHz}` : 'audio/pcm');
      response.writeHead(200, { 'Content-Type': type });
      for (let at = 0; at < bytes.length; at += 4_001) {
        if (behaviour.breakAfterBytes !== undefined && at > behaviour.breakAfterBytes) return void response.destroy();
        response.write(bytes.subarray(at, at + 4_001));
        await sleep(1);
      }
      response.end();
    },
  });
  return { url: `http://127.0.0.1:${server.port}/v1`, behaviour, state, close: server.close };
}

async function formFields(raw: Buffer, type: string): Promise<Record<string, string>> {
  const form = await new Response(new Uint8Array(raw), { headers: { 'Content-Type': type } }).formData();
  const fields: Record<string, string> = {};
  for (const [name, value] of form) {
    if (typeof value === 'string') fields[name] = value;
    else
      fields[name] = Buffer.from(await value.arrayBuffer())
        .subarray(0, 4)
        .toString();
  }
  return fields;
}

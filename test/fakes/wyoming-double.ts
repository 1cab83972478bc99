import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { toneBytes } from './tone-bytes.ts';

export type WyomingBehaviour = {
  rateHz: 16_000 | 22_050;
  firstAudioMs: number;
  msPerCharacter: number;
  voices: string[];
  /** What differs from mono of 16-bit samples in what is said of the sound, and of each piece; without `start` it is not announced. */
  formatOf?: { start?: Partial<Format>; chunk?: Partial<Format> };
  error?: string;
  hang?: boolean;
  /** Chunks after which the connection breaks. */
  breakAfterChunks?: number;
};

type Format = { rate: number; width: number; channels: number };

export type WyomingDouble = Awaited<ReturnType<typeof startWyomingDouble>>;

/** Speaks the Wyoming protocol as Piper's server does: lines of JSON, some with their data in bytes of their own, and samples. */
export async function startWyomingDouble(given: Partial<WyomingBehaviour> = {}) {
  const behaviour: WyomingBehaviour = {
    rateHz: 22_050,
    firstAudioMs: 5,
    msPerCharacter: 60,
    voices: ['en_US-joe-medium'],
    ...given,
  };
  const state = { open: 0, mostOpen: 0, texts: [] as string[] };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    state.open += 1;
    state.mostOpen = Math.max(state.mostOpen, state.open);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      sockets.delete(socket);
      state.open -= 1;
    });
    let line = '';
    socket.on('data', (bytes: Buffer) => {
      line += bytes.toString();
      if (!line.endsWith('\n')) return;
      const { type, data } = JSON.parse(line) as { type: string; data: { text?: string } };
      line = '';
      if (type === 'describe')
        say(socket, 'info', { tts: [{ name: 'piper', voices: behaviour.voices.map((name) => ({ name })) }] });
      else if (type === 'synthesize')
        void speak(socket, data.text ?? '', behaviour, state).catch(() => socket.destroy());
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    behaviour,
    state,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function say(socket: Socket, type: string, data: Record<string, unknown>, payload?: Buffer): void {
  const more = Buffer.from(JSON.stringify(data));
  const head = { type, version: '1.5.4', data_length: more.length, ...(payload && { payload_length: payload.length }) };
  socket.write(Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), more, ...(payload ? [payload] : [])]));
}

async function speak(
  socket: Socket,
  text: string,
  behaviour: WyomingBehaviour,
  state: { texts: string[] },
): Promise<void> {
  state.texts.push(text);
  if (behaviour.hang) return;
  if (behaviour.error) return say(socket, 'error', { text: behaviour.error, code: 'tts' });
  await sleep(behaviour.firstAudioMs);
  const format = { rate: behaviour.rateHz, width: 2, channels: 1 };
  const { start, chunk: ofChunk } = behaviour.formatOf ?? { start: {} };
  if (start) say(socket, 'audio-start', { ...format, ...start });
  const bytes = toneBytes(text.length * behaviour.msPerCharacter, behaviour.rateHz);
  const chunkBytes = 2 * 1024;
  for (let at = 0, chunk = 0; at < bytes.length; at += chunkBytes, chunk += 1) {
    if (socket.destroyed) return;
    if (chunk === behaviour.breakAfterChunks) return void socket.destroy();
    say(socket, 'audio-chunk', { ...format, ...ofChunk }, bytes.subarray(at, at + chunkBytes));
    if (chunk % 8 === 7) await sleep(1);
  }
  say(socket, 'audio-stop', {});
}

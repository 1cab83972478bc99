import { randomUUID } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFrameReader, encodeFrame } from '../../../pipelines/engine/frames.ts';
import { type EngineReply, type EngineRequest, requestSchema } from '../../../pipelines/engine/messages.ts';

export type Reply = (message: EngineReply, payload?: Uint8Array) => void;

export function freshSocketPath(): string {
  return join(tmpdir(), `parley-test-${randomUUID().slice(0, 8)}.sock`);
}

/** The far end of an engine client: speaks the engine's protocol, and answers as told. */
export async function startEngineDouble(
  answer: (request: EngineRequest, reply: Reply, payload: Buffer) => void,
  socketPath = freshSocketPath(),
) {
  const sockets = new Set<Socket>();
  const requests: EngineRequest[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    const reply: Reply = (message, payload) => void socket.write(encodeFrame(message, payload));
    const read = createFrameReader();
    socket.on('data', (chunk) => {
      for (const { header, payload } of read(chunk as Buffer)) {
        const request = requestSchema.parse(header);
        requests.push(request);
        answer(request, reply, payload);
      }
    });
    reply({ event: 'hello', features: { endOfTurn: true, stt: true, tts: true, llm: true } });
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return {
    socketPath,
    /** All requests so far, of all clients. */
    requests,
    get clients() {
      return sockets.size;
    },
    breakConnections: () => sockets.forEach((socket) => socket.destroy()),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      sockets.forEach((socket) => socket.destroy());
      await closed;
    },
  };
}

/** Answers speech work at once: a fixed text, and 20 ms of sound per character. */
export function answerAtOnce(request: EngineRequest, reply: Reply): void {
  if (request.op === 'cancel') return;
  const { id } = request;
  if (request.op === 'transcribe') reply({ event: 'done', id, result: { text: 'hello there', decodeMs: 1 } });
  else if (request.op === 'endOfTurn') reply({ event: 'done', id, result: { probability: 0.25 } });
  else if (request.op === 'synthesize') {
    reply({ event: 'audio', id, sampleRateHz: 16_000 }, new Uint8Array(640 * request.text.length).fill(1));
    reply({ event: 'done', id, result: { sampleRateHz: 16_000, firstAudioMs: 1 } });
  } else {
    for (const text of ['Good ', 'day.']) reply({ event: 'text', id, text });
    reply({ event: 'done', id, result: { promptTokens: 7, completionTokens: 2 } });
  }
}

import { chmod, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import type { EndOfTurn } from './end-of-turn.ts';
import { createFrameReader, encodeFrame, pcmBytes, pcmSamples } from './frames.ts';
import type { LoadedLanguageModel } from './language-model.ts';
import { anyRequest, type EngineFeatures, type EngineReply, type EngineWork, requestSchema } from './messages.ts';
import type { Moonshine } from './moonshine.ts';
import type { Piper } from './piper.ts';
import { createWorkQueue, QueueFull } from './work-queue.ts';

export type LoadedModels = {
  endOfTurn?: EndOfTurn | undefined;
  stt?: Moonshine | undefined;
  tts?: Piper | undefined;
  llm?: LoadedLanguageModel | undefined;
};

/** A caller waits for the first two, hears the third in a while, and would not miss the last. */
const priorities = { transcript: 0, firstWords: 1, laterWords: 2, interimTranscript: 3 };

/** A client that stopped reading is let go rather than kept in memory. */
const longestBacklogBytes = 16 * 1024 * 1024;

class NotConfigured extends Error {}

export function featuresOf(models: LoadedModels): EngineFeatures {
  return { endOfTurn: !!models.endOfTurn, stt: !!models.stt, tts: !!models.tts, llm: !!models.llm };
}

/**
 * Serves models on a Unix domain socket that only this user may open. Speech work shares `concurrency` places, one thread
 * each; the language model has its own; end-of-turn predictions take some 15 ms and run at once.
 */
export async function serveEngine(options: {
  socketPath: string;
  models: LoadedModels;
  concurrency: number;
  maxQueued: number;
}): Promise<{ close: () => Promise<void> }> {
  const { models, maxQueued } = options;
  const speech = createWorkQueue({ concurrency: options.concurrency, maxQueued });
  const language = createWorkQueue({ concurrency: models.llm?.concurrency ?? 1, maxQueued });
  const turns = createWorkQueue({ concurrency: options.concurrency, maxQueued });

  async function perform(
    request: EngineWork,
    payload: Buffer,
    signal: AbortSignal,
    reply: (message: EngineReply, pcm?: Int16Array) => void,
  ): Promise<Record<string, unknown>> {
    const { id } = request;
    switch (request.op) {
      case 'endOfTurn': {
        const model = present(models.endOfTurn, 'the end-of-turn model has no build for this machine');
        return turns.run(0, signal, async () => ({ probability: await model.predict(pcmSamples(payload)) }));
      }
      case 'transcribe': {
        const model = present(models.stt, 'the engine runs without the speech recognition model');
        if (request.onlyWhenIdle && !speech.isIdle) throw new QueueFull('the engine has other work');
        const priority = request.onlyWhenIdle ? priorities.interimTranscript : priorities.transcript;
        return speech.run(priority, signal, async () => {
          const startedMs = performance.now();
          const text = await model.transcribe(pcmSamples(payload), signal);
          return { text, decodeMs: performance.now() - startedMs };
        });
      }
      case 'synthesize': {
        const model = present(models.tts, 'the engine runs without the voice model');
        const askedMs = performance.now();
        const { sampleRateHz } = model;
        return speech.run(request.first ? priorities.firstWords : priorities.laterWords, signal, async () => {
          let firstAudioMs: number | undefined;
          await model.synthesize({
            text: request.text,
            speed: request.speed,
            signal,
            onAudio: (pcm) => {
              firstAudioMs ??= performance.now() - askedMs;
              reply({ event: 'audio', id, sampleRateHz }, pcm);
            },
          });
          return { sampleRateHz, firstAudioMs: firstAudioMs ?? 0 };
        });
      }
      case 'generate': {
        const model = present(models.llm, 'the engine runs without a language model');
        const onText = (text: string) => reply({ event: 'text', id, text });
        return language.run(0, signal, () => model.generate({ ...request, signal, onText }));
      }
    }
  }

  const clients = new Set<Socket>();
  const server = createServer((socket) => {
    clients.add(socket);
    const running = new Map<number, AbortController>();
    const gone = new Error('The client has gone.');
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clients.delete(socket);
      for (const work of running.values()) work.abort(gone);
    });

    const send = (message: EngineReply, pcm?: Int16Array) => {
      if (socket.destroyed) return;
      socket.write(encodeFrame(message, pcm && pcmBytes(pcm)));
      if (socket.writableLength > longestBacklogBytes) socket.destroy();
    };

    const answer = async (request: EngineWork, payload: Buffer) => {
      const work = new AbortController();
      running.set(request.id, work);
      try {
        const reply = (message: EngineReply, pcm?: Int16Array) => {
          if (!work.signal.aborted) send(message, pcm);
        };
        const result = await perform(request, payload, work.signal, reply);
        send({ event: 'done', id: request.id, result });
      } catch (error) {
        if (!work.signal.aborted) send({ event: 'error', id: request.id, ...describe(error) });
      } finally {
        running.delete(request.id);
      }
    };

    const read = createFrameReader();
    socket.on('data', (chunk) => {
      try {
        for (const { header, payload } of read(chunk as Buffer)) {
          const { success, data: request, error } = requestSchema.safeParse(header);
          if (!success) send({ event: 'error', ...anyRequest.parse(header), ...describe(error) });
          else if (request.op === 'cancel') running.get(request.id)?.abort(new Error('The client canceled it.'));
          else void answer(request, payload);
        }
      } catch {
        // Whatever follows a frame that cannot be read is not a frame either.
        socket.destroy();
      }
    });
    send({ event: 'hello', features: featuresOf(models) });
  });

  await rm(options.socketPath, { force: true });
  await listen(server, options.socketPath);
  return {
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of clients) socket.destroy();
      await closed;
      await models.llm?.close();
    },
  };
}

async function listen(server: Server, socketPath: string): Promise<void> {
  const umask = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(socketPath, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } finally {
    process.umask(umask);
  }
  await chmod(socketPath, 0o600);
}

function present<T>(model: T | undefined, otherwise: string): T {
  if (model === undefined) throw new NotConfigured(otherwise);
  return model;
}

function describe(error: unknown): { code: 'server_full' | 'not_configured' | 'provider_failed'; message: string } {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof QueueFull) return { code: 'server_full', message };
  if (error instanceof NotConfigured) return { code: 'not_configured', message };
  return { code: 'provider_failed', message };
}

import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { BuildContext } from '../contract.ts';
import type { LanguageModel } from './language-model.ts';
import type { EngineFeatures } from './messages.ts';
import type { MoonshineModel } from './moonshine.ts';
import type { PiperModel } from './piper.ts';

/** Models the engine loads besides the end-of-turn model, which comes with a package and is always there. */
export type EngineModels = {
  stt?: MoonshineModel | undefined;
  tts?: PiperModel | undefined;
  llm?: LanguageModel | undefined;
};

export type EngineHandle = {
  /** Where `connectEngine` finds it, from any process of this user on this host. */
  socketPath: string;
  /** Resolves when the models are loaded (about 2 s); rejects, and the engine is closed, when they cannot be. */
  ready: Promise<EngineFeatures>;
  /** What it can do now; nothing until it is ready. */
  readonly features: EngineFeatures;
  /** The process, while it runs. */
  readonly pid: number | undefined;
  close(): Promise<void>;
};

export type EngineProcessOptions = { socketPath: string; models: EngineModels; maxQueued: number };

export type EngineNews =
  | { event: 'ready'; features: EngineFeatures }
  | { event: 'warning'; message: string }
  | { event: 'failed'; message: string };

const nothing: EngineFeatures = { endOfTurn: false, stt: false, tts: false, llm: false };
/** `sun_path` is 104 bytes on macOS and 108 on Linux, with a zero at the end. */
const longestSocketPath = 103;
const queuedPerCore = 16;
const restartDelaysMs = [100, 500, 2000, 5000];
const settledAfterMs = 30_000;
const closeWithinMs = 2000;

/**
 * Starts the process that holds this host's models for all its calls, and starts it again when it crashes. Its process
 * gets no environment: it needs no keys.
 * @throws RangeError when the path of the socket is too long
 */
export function startEngine(options: {
  models?: EngineModels;
  /** Requests that may wait; more are refused at once. The default is 16 per core. */
  maxQueued?: number;
  /** The default is a fresh name in the folder for temporary files. */
  socketPath?: string;
  log: BuildContext['log'];
}): EngineHandle {
  const { log } = options;
  const socketPath = options.socketPath ?? join(tmpdir(), `parley-${randomUUID().slice(0, 8)}.sock`);
  if (Buffer.byteLength(socketPath) > longestSocketPath)
    throw new RangeError(`${socketPath} is too long for a socket; use a path of at most ${longestSocketPath} bytes.`);

  const processOptions: EngineProcessOptions = {
    socketPath,
    models: options.models ?? {},
    maxQueued: options.maxQueued ?? queuedPerCore * availableParallelism(),
  };
  const closing = new AbortController();
  const ready = Promise.withResolvers<EngineFeatures>();
  ready.promise.catch(() => undefined);
  let features = nothing;
  let child: ChildProcess | undefined;

  async function runOnce(): Promise<{ becameReady: boolean; reason: string }> {
    let becameReady = false;
    let failure = '';
    const running = spawnEngine(processOptions);
    child = running;
    let errors = '';
    running.stderr?.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString('utf8')).slice(-2000);
    });
    running.on('message', (message) => {
      const news = message as EngineNews;
      if (news.event === 'warning') log('warn', news.message);
      else if (news.event === 'failed') {
        failure = news.message;
        running.kill('SIGKILL');
      } else {
        becameReady = true;
        ({ features } = news);
        ready.resolve(features);
      }
    });
    const exit = await new Promise<string>((resolve) => {
      running.once('error', (error) => resolve(error.message));
      running.once('exit', (code, signal) => resolve(signal ? `killed by ${signal}` : `exit code ${code}`));
    });
    child = undefined;
    features = nothing;
    const lastLine = errors.trim().split('\n').at(-1);
    return { becameReady, reason: failure || [exit, lastLine].filter(Boolean).join(': ') };
  }

  async function keepRunning(): Promise<void> {
    for (let failures = 0; ; failures++) {
      const startedMs = performance.now();
      const { becameReady, reason } = await runOnce();
      if (closing.signal.aborted) return;
      if (!becameReady && failures === 0) {
        closing.abort();
        ready.reject(new Error(`The engine of the embedded models did not start: ${reason}`));
        return;
      }
      if (performance.now() - startedMs > settledAfterMs) failures = 0;
      log('error', 'The engine of the embedded models stopped and is started again.', { reason });
      const delayMs = restartDelaysMs[Math.min(failures, restartDelaysMs.length - 1)];
      await delay(delayMs, undefined, { signal: closing.signal }).catch(() => undefined);
      if (closing.signal.aborted) return;
    }
  }

  const stopped = keepRunning();
  return {
    socketPath,
    ready: ready.promise,
    get features() {
      return features;
    },
    get pid() {
      return child?.pid;
    },
    async close() {
      closing.abort();
      ready.reject(new Error('The engine of the embedded models was closed.'));
      const ending = child;
      if (features === nothing) ending?.kill('SIGKILL');
      else if (ending?.connected) ending.disconnect();
      const kill = setTimeout(() => ending?.kill('SIGKILL'), closeWithinMs);
      await stopped;
      clearTimeout(kill);
      rmSync(socketPath, { force: true });
    },
  };
}

function spawnEngine(options: EngineProcessOptions): ChildProcess {
  const script = join(import.meta.dirname, `engine-process${extname(import.meta.filename)}`);
  return fork(script, [JSON.stringify(options)], {
    execArgv: [],
    // Each running job holds a thread of the pool; files and end-of-turn predictions need some too.
    env: { UV_THREADPOOL_SIZE: String(2 * availableParallelism() + 2), NODE_LLAMA_CPP_SKIP_DOWNLOAD: 'true' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}

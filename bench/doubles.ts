import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Silence that ends a turn, as both systems are configured, milliseconds. */
const endOfTurnMs = 300;

/** How long each provider takes in most scenarios, milliseconds. Nothing else of a turn is theirs. */
export const providerDelaysMs = {
  /** Last voiced sample → final transcript. */
  stt: 200,
  endOfTurn: endOfTurnMs,
  /** Request → first word. */
  llmFirstToken: 100,
  /** Text → first sound. */
  ttsFirstAudio: 50,
} as const;

/** Medians that are published of Deepgram nova-3, of fast hosted models, and of the fastest hosted voices. */
export const cloudDelaysMs = { stt: 247, llmFirstToken: 350, ttsFirstAudio: 188 } as const;

/** The same services with the slow answers that real ones give now and then: quantiles in milliseconds. */
const tailDelaysMs = {
  stt: { p50: 247, p95: 600 },
  llmFirstToken: { p50: 350, p95: 1_200, p99: 3_000 },
  ttsFirstAudio: { p50: 188, p95: 500 },
} as const;

/** The end of a turn as Deepgram Flux tells it: its own median, and how much earlier its eager end is. */
const fluxDelaysMs = { endOfTurn: 300, eager: 150 } as const;

/** Taken for one box with a consumer GPU: `small` on WhisperLive, a model of 8 billion parameters on Ollama, a medium voice on Piper. */
const lanDelaysMs = {
  /** Between two passes of the recogniser over what it heard. */
  sttPass: 150,
  llmFirstToken: 200,
  /** For one sentence, which comes whole. */
  ttsSentence: 100,
} as const;

export const providerSumMs = Object.values(providerDelaysMs).reduce((sum, delayMs) => sum + delayMs, 0);
export const cloudSumMs = Object.values(cloudDelaysMs).reduce((sum, delayMs) => sum + delayMs, endOfTurnMs);

/** What each double is to do; only those that are named are started. See `test/fakes/`. */
export type Behaviours = { [Name in keyof typeof addressSettings]?: Record<string, unknown> };

const transcripts = ['I would like to know your opening hours'];

/** Deepgram, OpenRouter and ElevenLabs; `reply` is what the model answers. */
export function cloudProviders(reply: string, delaysMs: typeof cloudDelaysMs | typeof providerDelaysMs) {
  // The real service tells interim results about once a second of audio, as late as it tells final ones.
  const interims = delaysMs === cloudDelaysMs ? { interimEveryMs: 1000, interimDelayMs: delaysMs.stt } : {};
  return {
    deepgram: { finalDelayMs: delaysMs.stt, transcripts, ...interims },
    openrouter: { firstTokenMs: delaysMs.llmFirstToken, reply },
    elevenlabs: { firstAudioMs: delaysMs.ttsFirstAudio },
  } satisfies Behaviours;
}

/** The same with delays that are spread. */
export function tailProviders(reply: string): Behaviours {
  const { stt, llmFirstToken, ttsFirstAudio } = tailDelaysMs;
  return {
    deepgram: { finalDelayMs: stt, transcripts, interimEveryMs: 1000, interimDelayMs: stt.p50 },
    openrouter: { firstTokenMs: llmFirstToken, reply },
    elevenlabs: { firstAudioMs: ttsFirstAudio },
  };
}

/** The same with Deepgram Flux, which decides itself when a turn may be over. */
export function fluxProviders(reply: string): Behaviours {
  const { deepgram: _nova, ...others } = cloudProviders(reply, cloudDelaysMs);
  const { endOfTurn, eager } = fluxDelaysMs;
  return { ...others, flux: { finalDelayMs: endOfTurn, eagerDelayMs: eager, transcripts } };
}

/** WhisperLive, Ollama and Piper. */
export function lanProviders(reply: string) {
  return {
    whisperlive: { passMs: lanDelaysMs.sttPass, transcripts },
    ollama: { firstTokenMs: lanDelaysMs.llmFirstToken, reply, models: [ollamaModel] },
    piper: { delayMs: lanDelaysMs.ttsSentence },
  } satisfies Behaviours;
}

const ollamaModel = 'llama3.1:8b';
const addressSettings = {
  deepgram: 'DEEPGRAM_URL',
  flux: 'DEEPGRAM_URL',
  openrouter: 'OPENROUTER_URL',
  elevenlabs: 'ELEVENLABS_URL',
  whisperlive: 'WHISPERLIVE_URL',
  ollama: 'OLLAMA_URL',
  piper: 'PIPER_URL',
} as const;
/** What each of them needs besides its address. */
const otherSettings: { [Name in keyof typeof addressSettings]?: Record<string, string> } = {
  deepgram: { DEEPGRAM_API_KEY: 'bench' },
  flux: { DEEPGRAM_API_KEY: 'bench' },
  openrouter: { OPENROUTER_API_KEY: 'bench' },
  elevenlabs: { ELEVENLABS_API_KEY: 'bench', ELEVENLABS_VOICE_ID: 'bench' },
  ollama: { OLLAMA_MODEL: ollamaModel },
};

export type Doubles = {
  /** The settings that point the pipelines at the doubles. */
  settings: Record<string, string>;
  /** Their process dies, and their connections with it. */
  die(): void;
  /** Their connections stay open, and nobody reads or answers any more. */
  stall(): void;
  stop(): Promise<void>;
};

/** Starts doubles of providers in a process of their own. */
export async function startDoubles(behaviours: Behaviours): Promise<Doubles> {
  const program = fileURLToPath(new URL('../test/fakes/run-doubles.ts', import.meta.url));
  const child = spawn(process.execPath, [program, JSON.stringify(behaviours)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.stdin?.on('error', () => undefined);
  const addresses = JSON.parse(await firstLine(child)) as Record<keyof typeof addressSettings, string>;
  let isStalled = false;
  const named = (Object.keys(behaviours) as (keyof typeof addressSettings)[]).map((name) => ({
    [addressSettings[name]]: addresses[name],
    ...otherSettings[name],
  }));
  return {
    settings: Object.assign({}, ...named) as Record<string, string>,
    die: () => child.kill('SIGKILL'),
    stall: () => {
      isStalled = true;
      child.kill('SIGSTOP');
    },
    async stop() {
      child.stdin?.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), isStalled ? 0 : 2000);
      await ended;
      clearTimeout(timer);
    },
  };
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (part: Buffer) => {
      text += part.toString();
      if (text.includes('\n')) resolve(text.split('\n', 1)[0] ?? '');
    });
    child.once('exit', (code) => reject(new Error(`The provider doubles ended with code ${code}.`)));
  });
}

import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** How long each provider takes. Nothing else of a turn is theirs. */
export const providerDelaysMs = {
  /** Last voiced sample → final transcript. */
  stt: 200,
  /** Silence that ends a turn, as both systems are configured. */
  endOfTurn: 300,
  /** Request → first word. */
  llmFirstToken: 100,
  /** Text → first sound. */
  ttsFirstAudio: 50,
} as const;

export const providerSumMs = Object.values(providerDelaysMs).reduce((sum, delayMs) => sum + delayMs, 0);

export type Doubles = {
  /** The settings that point the cloud pipeline at the doubles. */
  settings: Record<string, string>;
  stop(): Promise<void>;
};

/** Starts doubles of Deepgram, OpenRouter and ElevenLabs in a process of their own. `reply` is what the model answers. */
export async function startDoubles(reply: string): Promise<Doubles> {
  const behaviour = {
    deepgram: { finalDelayMs: providerDelaysMs.stt, transcripts: ['I would like to know your opening hours'] },
    openrouter: { firstTokenMs: providerDelaysMs.llmFirstToken, reply },
    elevenlabs: { firstAudioMs: providerDelaysMs.ttsFirstAudio },
  };
  const program = fileURLToPath(new URL('../test/fakes/run-doubles.ts', import.meta.url));
  const child = spawn(process.execPath, [program, JSON.stringify(behaviour)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const addresses = JSON.parse(await firstLine(child)) as Record<'deepgram' | 'openrouter' | 'elevenlabs', string>;
  return {
    settings: {
      DEEPGRAM_API_KEY: 'bench',
      DEEPGRAM_URL: addresses.deepgram,
      OPENROUTER_API_KEY: 'bench',
      OPENROUTER_URL: addresses.openrouter,
      ELEVENLABS_API_KEY: 'bench',
      ELEVENLABS_VOICE_ID: 'bench',
      ELEVENLABS_URL: addresses.elevenlabs,
    },
    async stop() {
      child.stdin?.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), 2000);
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

import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { ProviderSettings } from '../pipelines/index.ts';
import { type SettingName, type Settings, settings } from './settings.ts';
import { telemetryConfig, type TelemetryConfig } from './telemetry/telemetry-config.ts';

// The WebRTC library reads this when it is loaded, and logs at debug level without it.
process.env['NODE_ENV'] ??= 'production';

/** All settings of the program, checked. Paths are absolute. */
export type Config = Omit<Settings, 'PARLEY_CALL_PROCESSES' | 'PARLEY_EMBEDDED_CALLS'> & {
  PARLEY_CALL_PROCESSES: number;
  PARLEY_EMBEDDED_CALLS: number;
  /** Options per provider; a provider whose required options are missing is not configured. */
  providers: ProviderSettings;
  telemetry: TelemetryConfig;
};

/** Every wrong setting at once; each line of the message names one, what is wrong and how to mend it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads the environment and, beneath it, the `.env` file of the working directory. The only reader of `process.env`.
 * @throws ConfigError
 */
export function loadConfig(overrides: Partial<Record<SettingName, string>> = {}): Config {
  const file = existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {};
  return readConfig({ ...file, ...process.env, ...overrides });
}

/** Folders in which installed programs are looked for. */
export function executablePath(): string {
  return process.env['PATH'] ?? '';
}

/** What child processes inherit. */
export function environment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

/** As `loadConfig`, from a given environment. Empty values count as absent. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(settings)) {
    const names = [name, ...(setting.also ?? [])];
    const raw = names.map((key) => env[key]).find((value) => value !== undefined && value !== '');
    const parsed = setting.schema.safeParse(raw);
    if (parsed.success) values[name] = parsed.data;
    else problems.push(`${name}${setting.secret ? '' : `=${raw}`} is not valid. ${setting.cure}`);
  }
  const read = values as Settings;
  if (
    read.LIVEKIT_URL &&
    !(read.LIVEKIT_API_KEY && read.LIVEKIT_API_SECRET) &&
    !problems.some((p) => p.startsWith('LIVEKIT_'))
  )
    problems.push(
      'LIVEKIT_URL is set, but LIVEKIT_API_KEY or LIVEKIT_API_SECRET is missing. Use a pair of the `keys:` block of livekit.yaml.',
    );
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
  const { telemetry, problems: ofTelemetry } = telemetryConfig(read);
  if (ofTelemetry.length > 0) throw new ConfigError(ofTelemetry.join('\n'));
  const cores = availableParallelism();
  return {
    ...read,
    PARLEY_DATA_DIR: resolve(read.PARLEY_DATA_DIR),
    PARLEY_AGENTS_DIR: resolve(read.PARLEY_AGENTS_DIR),
    PARLEY_CALL_PROCESSES: read.PARLEY_CALL_PROCESSES ?? Math.max(1, Math.floor(cores / 2)),
    PARLEY_EMBEDDED_CALLS: read.PARLEY_EMBEDDED_CALLS ?? 4 * cores,
    providers: providerSettings(read),
    telemetry,
  };
}

function providerSettings(read: Settings): ProviderSettings {
  const compatible = read.OPENAI_COMPATIBLE_API_KEY;
  const piperIsWyoming = read.PIPER_URL?.startsWith('tcp:');
  return {
    'deepgram-stt': present({ apiKey: read.DEEPGRAM_API_KEY, model: read.DEEPGRAM_MODEL, url: read.DEEPGRAM_URL }),
    'deepgram-flux-stt': present({ apiKey: read.DEEPGRAM_API_KEY, url: read.DEEPGRAM_URL }),
    'deepgram-tts': present({ apiKey: read.DEEPGRAM_API_KEY, url: read.DEEPGRAM_URL }),
    'openrouter-llm': present({
      apiKey: read.OPENROUTER_API_KEY,
      model: read.OPENROUTER_MODEL,
      fallbackModels: read.OPENROUTER_FALLBACK_MODELS,
      url: read.OPENROUTER_URL,
    }),
    'elevenlabs-tts': present({
      apiKey: read.ELEVENLABS_API_KEY,
      voiceId: read.ELEVENLABS_VOICE_ID,
      url: read.ELEVENLABS_URL,
    }),
    'whisperlive-stt': present({ url: read.WHISPERLIVE_URL, model: read.WHISPERLIVE_MODEL }),
    'whisperlivekit-stt': present({ url: read.WHISPERLIVEKIT_URL }),
    'embedded-llm': present({ model: read.PARLEY_EMBEDDED_LLM }),
    'ollama-llm': present({ url: read.OLLAMA_URL, model: read.OLLAMA_MODEL }),
    'piper-http-tts': present({ url: piperIsWyoming ? undefined : read.PIPER_URL, voice: read.PIPER_VOICE }),
    'piper-wyoming-tts': present({ url: piperIsWyoming ? read.PIPER_URL : undefined, voice: read.PIPER_VOICE }),
    'openai-compatible-stt': present({ url: read.OPENAI_COMPATIBLE_STT_URL, apiKey: compatible }),
    'openai-compatible-llm': present({
      url: read.OPENAI_COMPATIBLE_LLM_URL,
      model: read.OPENAI_COMPATIBLE_LLM_MODEL,
      apiKey: compatible,
    }),
    'openai-compatible-tts': present({ url: read.OPENAI_COMPATIBLE_TTS_URL, apiKey: compatible }),
  };
}

function present(options: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

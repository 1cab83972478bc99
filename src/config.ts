import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { ProviderSettings } from '../pipelines/index.ts';
import { readSecrets } from './secrets.ts';
import type { Setting } from './setting.ts';
import type { OpenIdConfig } from './http/door/open-id.ts';
import { signInConfig } from './sign-in-settings.ts';
import type { RecordingsConfig } from './store/recordings/recording-files.ts';
import { type SettingName, type Settings, settings } from './settings.ts';
import { telemetryConfig, type TelemetryConfig } from './telemetry/telemetry-config.ts';

// The WebRTC library reads this when it is loaded, and logs at debug level without it.
process.env['NODE_ENV'] ??= 'production';

/** All settings of the program, checked. Paths are absolute. */
export type Config = Omit<Settings, 'PARLEY_CALL_PROCESSES' | 'PARLEY_EMBEDDED_CALLS'> & {
  PARLEY_CALL_PROCESSES: number;
  PARLEY_EMBEDDED_CALLS: number;
  /** What was written, as it was written; secrets too. */
  given: GivenSettings;
  /** Options per provider; a provider whose required options are missing is not configured. */
  providers: ProviderSettings;
  telemetry: TelemetryConfig;
  /** What agent files may use as {{secret.NAME}}. */
  secrets: Readonly<Record<string, string>>;
  recordings: RecordingsConfig;
  /** Where people sign in to the console, beside keys. */
  openId: OpenIdConfig | undefined;
};

export type GivenSettings = Partial<Record<SettingName, string>>;

/** One wrong or missing setting. The message names it, says what is wrong and how to fix it, and holds no secret. */
export type SettingProblem = { name: SettingName; message: string };

/** Settings that may be wrong: `config` has the default in place of each wrong one. */
export type SettingsReading = {
  config: Config;
  problems: SettingProblem[];
  /** Settings of the `.env` file that the environment overrules with another value. */
  overruled: SettingName[];
  /** Names of the `.env` file that are no setting. */
  unknown: string[];
};

/** Every wrong setting at once; each line of the message names one, what is wrong and how to fix it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads the environment and, beneath it, the `.env` file of the working directory. The only reader of `process.env`.
 * @throws ConfigError
 */
export function loadConfig(overrides: Partial<Record<SettingName, string>> = {}): Config {
  return readConfig({ ...envFile(), ...process.env, ...overrides });
}

/** As `loadConfig`, for who has to look at settings that are wrong. */
export function inspectConfig(): SettingsReading {
  const file = envFile();
  const known = new Map(
    Object.entries(settings).flatMap(([name, { also }]: [string, Setting]) =>
      [name, ...(also ?? [])].map((each) => [each, name as SettingName] as const),
    ),
  );
  return {
    ...inspectSettings({ ...file, ...process.env }),
    overruled: [...known].flatMap(([name, setting]) => {
      const other = process.env[name];
      return file[name] && other !== undefined && other !== file[name] ? [setting] : [];
    }),
    unknown: Object.keys(file).filter((name) => !known.has(name)),
  };
}

function envFile(): Record<string, string | undefined> {
  return existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {};
}

/** Folders in which installed programs are looked for. */
export function executablePath(): string {
  return process.env['PATH'] ?? '';
}

/** What child processes inherit. */
export function environment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

/** Takes variables out of the environment, for native libraries that read it themselves. */
export function forgetVariables(names: readonly string[]): void {
  for (const name of names) delete process.env[name];
}

/** As `loadConfig`, from a given environment. Empty values count as absent. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const { config, problems } = inspectSettings(env);
  if (problems.length > 0) throw new ConfigError(problems.map(({ message }) => message).join('\n'));
  return config;
}

/** As `readConfig`, with the default in place of what is wrong. */
export function inspectSettings(env: Record<string, string | undefined>): Pick<SettingsReading, 'config' | 'problems'> {
  const problems: SettingProblem[] = [];
  const values: Record<string, unknown> = {};
  const given: GivenSettings = {};
  for (const [name, setting] of Object.entries(settings) as [SettingName, Setting][]) {
    const names = [name, ...(setting.also ?? [])];
    const raw = names.map((key) => env[key]).find((value) => value !== undefined && value !== '');
    if (raw !== undefined) given[name] = raw;
    const parsed = setting.schema.safeParse(raw);
    values[name] = parsed.success ? parsed.data : setting.schema.parse(undefined);
    if (!parsed.success)
      problems.push({ name, message: `${name}${setting.secret ? '' : `=${raw}`} is not valid. ${setting.cure}` });
  }
  const read = values as Settings;
  const unpaired = (['LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET'] as const).find((name) => !read[name]);
  if (read.LIVEKIT_URL && unpaired && !problems.some(({ name }) => name.startsWith('LIVEKIT_')))
    problems.push({
      name: unpaired,
      message:
        'LIVEKIT_URL is set, but LIVEKIT_API_KEY or LIVEKIT_API_SECRET is missing. Use a pair of the `keys:` block of livekit.yaml.',
    });
  const bucketParts = [read.PARLEY_RECORDINGS_S3_KEY_ID, read.PARLEY_RECORDINGS_S3_SECRET];
  if (read.PARLEY_RECORDINGS_S3_URL && bucketParts.includes(undefined))
    problems.push({
      name: 'PARLEY_RECORDINGS_S3_URL',
      message:
        'PARLEY_RECORDINGS_S3_URL is set, but PARLEY_RECORDINGS_S3_KEY_ID or PARLEY_RECORDINGS_S3_SECRET is missing.',
    });
  if (read.PARLEY_EMBEDDING_MODEL && !read.PARLEY_EMBEDDING_URL && !read.OLLAMA_URL)
    problems.push({
      name: 'PARLEY_EMBEDDING_MODEL',
      message:
        'PARLEY_EMBEDDING_MODEL is set, but neither PARLEY_EMBEDDING_URL nor OLLAMA_URL says who has it. Set one of them.',
    });
  const signIn = signInConfig(read);
  if (signIn.problem) problems.push({ name: 'PARLEY_OIDC_ISSUER', message: signIn.problem });
  const { telemetry, problems: ofTelemetry } = telemetryConfig(read);
  const variables = pluginVariables(env);
  const { secrets, problem } = readSecrets(variables, read.PARLEY_SECRETS_FILE);
  if (problem) problems.push({ name: 'PARLEY_SECRETS_FILE', message: problem });
  const cores = availableParallelism();
  const config = {
    ...read,
    given,
    PARLEY_DATA_DIR: resolve(read.PARLEY_DATA_DIR),
    PARLEY_AGENTS_DIR: resolve(read.PARLEY_AGENTS_DIR),
    PARLEY_CALL_PROCESSES: read.PARLEY_CALL_PROCESSES ?? Math.max(1, Math.floor(cores / 2)),
    PARLEY_EMBEDDED_CALLS: read.PARLEY_EMBEDDED_CALLS ?? 4 * cores,
    providers: {
      ...providerSettings(read),
      plugins: { folder: join(resolve(read.PARLEY_DATA_DIR), 'plugins'), environment: variables },
    },
    telemetry,
    secrets,
    recordings: recordingsConfig(read),
    openId: signIn.openId,
  };
  return { config, problems: [...problems, ...ofTelemetry] };
}

function providerSettings(read: Settings): ProviderSettings {
  const compatible = read.OPENAI_COMPATIBLE_API_KEY;
  const elevenlabs = present({
    apiKey: read.ELEVENLABS_API_KEY,
    voiceId: read.ELEVENLABS_VOICE_ID,
    url: read.ELEVENLABS_URL,
  });
  const piperIsWyoming = read.PIPER_URL?.startsWith('tcp:');
  return {
    'deepgram-stt': present({ apiKey: read.DEEPGRAM_API_KEY, model: read.DEEPGRAM_MODEL, url: read.DEEPGRAM_URL }),
    'deepgram-plugin-stt': present({
      apiKey: read.DEEPGRAM_API_KEY,
      model: read.DEEPGRAM_MODEL,
      url: read.DEEPGRAM_URL,
    }),
    'deepgram-flux-stt': present({ apiKey: read.DEEPGRAM_API_KEY, url: read.DEEPGRAM_URL }),
    'deepgram-tts': present({ apiKey: read.DEEPGRAM_API_KEY, url: deepgramVoiceUrl(read) }),
    'deepgram-plugin-tts': present({ apiKey: read.DEEPGRAM_API_KEY, url: deepgramVoiceUrl(read) }),
    'openrouter-llm': present({
      apiKey: read.OPENROUTER_API_KEY,
      model: read.OPENROUTER_MODEL,
      fallbackModels: read.OPENROUTER_FALLBACK_MODELS,
      url: read.OPENROUTER_URL,
    }),
    'elevenlabs-tts': elevenlabs,
    'elevenlabs-plugin-tts': elevenlabs,
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

function recordingsConfig(read: Settings): RecordingsConfig {
  const { PARLEY_RECORDINGS_S3_KEY_ID: accessKeyId, PARLEY_RECORDINGS_S3_SECRET: secretAccessKey } = read;
  const { PARLEY_RECORDINGS_S3_URL: url, PARLEY_RECORDINGS_S3_REGION: region } = read;
  return {
    folder: resolve(read.PARLEY_RECORDINGS_DIR ?? join(read.PARLEY_DATA_DIR, 'recordings')),
    keys: read.PARLEY_RECORDINGS_KEYS ?? [],
    ...(url && accessKeyId && secretAccessKey && { bucket: { url, region, accessKeyId, secretAccessKey } }),
  };
}

/** A server of one's own that recognises speech as Deepgram does need not have a voice: then it would refuse each call. */
function deepgramVoiceUrl({ DEEPGRAM_TTS_URL, DEEPGRAM_URL = 'wss://api.deepgram.com' }: Settings): string | undefined {
  return DEEPGRAM_TTS_URL ?? (new URL(DEEPGRAM_URL).hostname.endsWith('.deepgram.com') ? DEEPGRAM_URL : undefined);
}

/** What an agent file may hand to a plugin: keys of services, and variables that are not this program's. */
function pluginVariables(env: Record<string, string | undefined>): Record<string, string> {
  const ours = new Set(
    Object.entries(settings).flatMap(([name, { also }]: [string, Setting]) => [name, ...(also ?? [])]),
  );
  const given = Object.entries(env).filter(
    (entry): entry is [string, string] =>
      Boolean(entry[1]) && (!ours.has(entry[0]) || (entry[0].endsWith('_API_KEY') && entry[0] !== 'LIVEKIT_API_KEY')),
  );
  return Object.fromEntries(given);
}

function present(options: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

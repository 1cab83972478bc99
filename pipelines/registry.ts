import type { AnyProvider, Hosting, ProviderRole } from './contract.ts';

type Entry = {
  role: ProviderRole;
  hosting: Hosting;
  /** The options it cannot run without (its `requires`), each with the environment variable that sets it. */
  needs: Readonly<Record<string, string>>;
  /** The only languages it knows (BCP 47 without a region), where its model is fixed. */
  languages?: readonly string[];
  load: () => Promise<AnyProvider>;
};

/** Every provider. A file is read when a call first needs it; a test compares this table with the folder. */
const registry = {
  'silero-vad': {
    role: 'vad',
    hosting: 'embedded',
    needs: {},
    load: () => import('./providers/silero-vad.ts').then((file) => file.sileroVad),
  },
  'silero-plugin-vad': {
    role: 'vad',
    hosting: 'embedded',
    needs: {},
    load: () => import('./providers/silero-plugin-vad.ts').then((file) => file.sileroPluginVad),
  },
  'deepgram-stt': {
    role: 'stt',
    hosting: 'cloud',
    needs: { apiKey: 'DEEPGRAM_API_KEY' },
    load: () => import('./providers/deepgram-stt.ts').then((file) => file.deepgramStt),
  },
  'deepgram-flux-stt': {
    role: 'stt',
    hosting: 'cloud',
    needs: { apiKey: 'DEEPGRAM_API_KEY' },
    load: () => import('./providers/deepgram-flux-stt.ts').then((file) => file.deepgramFluxStt),
  },
  'whisperlive-stt': {
    role: 'stt',
    hosting: 'lan',
    needs: { url: 'WHISPERLIVE_URL' },
    load: () => import('./providers/whisperlive-stt.ts').then((file) => file.whisperliveStt),
  },
  'whisperlivekit-stt': {
    role: 'stt',
    hosting: 'lan',
    needs: { url: 'WHISPERLIVEKIT_URL' },
    load: () => import('./providers/whisperlivekit-stt.ts').then((file) => file.whisperlivekitStt),
  },
  'openai-compatible-stt': {
    role: 'stt',
    hosting: 'lan',
    needs: { url: 'OPENAI_COMPATIBLE_STT_URL' },
    load: () => import('./providers/openai-compatible-stt.ts').then((file) => file.openaiCompatibleStt),
  },
  'moonshine-stt': {
    role: 'stt',
    hosting: 'embedded',
    needs: {},
    languages: ['en'],
    load: () => import('./providers/moonshine-stt.ts').then((file) => file.moonshineStt),
  },
  'openrouter-llm': {
    role: 'llm',
    hosting: 'cloud',
    needs: { apiKey: 'OPENROUTER_API_KEY' },
    load: () => import('./providers/openrouter-llm.ts').then((file) => file.openrouterLlm),
  },
  'ollama-llm': {
    role: 'llm',
    hosting: 'lan',
    needs: { url: 'OLLAMA_URL', model: 'OLLAMA_MODEL' },
    load: () => import('./providers/ollama-llm.ts').then((file) => file.ollamaLlm),
  },
  'openai-compatible-llm': {
    role: 'llm',
    hosting: 'lan',
    needs: { url: 'OPENAI_COMPATIBLE_LLM_URL', model: 'OPENAI_COMPATIBLE_LLM_MODEL' },
    load: () => import('./providers/openai-compatible-llm.ts').then((file) => file.openaiCompatibleLlm),
  },
  'scripted-llm': {
    role: 'llm',
    hosting: 'embedded',
    needs: {},
    languages: ['en'],
    load: () => import('./providers/scripted-llm.ts').then((file) => file.scriptedLlm),
  },
  'embedded-llm': {
    role: 'llm',
    hosting: 'embedded',
    needs: { model: 'PARLEY_EMBEDDED_LLM' },
    load: () => import('./providers/embedded-llm.ts').then((file) => file.embeddedLlm),
  },
  'elevenlabs-tts': {
    role: 'tts',
    hosting: 'cloud',
    needs: { apiKey: 'ELEVENLABS_API_KEY' },
    load: () => import('./providers/elevenlabs-tts.ts').then((file) => file.elevenlabsTts),
  },
  'deepgram-tts': {
    role: 'tts',
    hosting: 'cloud',
    needs: { apiKey: 'DEEPGRAM_API_KEY', url: 'DEEPGRAM_TTS_URL' },
    load: () => import('./providers/deepgram-tts.ts').then((file) => file.deepgramTts),
  },
  'piper-http-tts': {
    role: 'tts',
    hosting: 'lan',
    needs: { url: 'PIPER_URL' },
    load: () => import('./providers/piper-http-tts.ts').then((file) => file.piperHttpTts),
  },
  'piper-wyoming-tts': {
    role: 'tts',
    hosting: 'lan',
    needs: { url: 'PIPER_URL' },
    load: () => import('./providers/piper-wyoming-tts.ts').then((file) => file.piperWyomingTts),
  },
  'openai-compatible-tts': {
    role: 'tts',
    hosting: 'lan',
    needs: { url: 'OPENAI_COMPATIBLE_TTS_URL' },
    load: () => import('./providers/openai-compatible-tts.ts').then((file) => file.openaiCompatibleTts),
  },
  'piper-embedded-tts': {
    role: 'tts',
    hosting: 'embedded',
    needs: {},
    languages: ['en'],
    load: () => import('./providers/piper-embedded-tts.ts').then((file) => file.piperEmbeddedTts),
  },
} as const satisfies Record<string, Entry>;

export type ProviderName = keyof typeof registry;

/** Names of all providers, in the order of the table. */
export const providerNames = Object.keys(registry) as ProviderName[];

/** What is known of each provider without reading its file. */
export const providerCatalog: Readonly<Record<ProviderName, Omit<Entry, 'load'>>> = registry;

export function isProviderName(name: string): name is ProviderName {
  return Object.hasOwn(registry, name);
}

export async function loadProvider(name: ProviderName): Promise<AnyProvider> {
  return registry[name].load();
}

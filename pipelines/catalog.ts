/** What a provider does in a call. */
export type ProviderRole = 'stt' | 'llm' | 'tts' | 'vad';

/** The roles that a plugin can have. */
export type SpeechRole = Exclude<ProviderRole, 'vad'>;

/** Where a provider runs: a hosted service, a machine of the operator's, or a model of this host. */
export type Hosting = 'cloud' | 'lan' | 'embedded';

/** What is known of a provider without reading its file. */
export type CatalogEntry = {
  role: ProviderRole;
  hosting: Hosting;
  /** The options it cannot run without (its `requires`), each with the environment variable that sets it. */
  needs: Readonly<Record<string, string>>;
  /** The only languages it knows (BCP 47 without a region), where its models are fixed. */
  languages?: readonly string[];
};

/** Every provider of this program. `registry.ts` loads them. */
const catalog = {
  'silero-vad': {
    role: 'vad',
    hosting: 'embedded',
    needs: {},
  },
  'silero-plugin-vad': {
    role: 'vad',
    hosting: 'embedded',
    needs: {},
  },
  'deepgram-stt': {
    role: 'stt',
    hosting: 'cloud',
    needs: { apiKey: 'DEEPGRAM_API_KEY' },
  },
  'deepgram-flux-stt': {
    role: 'stt',
    hosting: 'cloud',
    needs: { apiKey: 'DEEPGRAM_API_KEY' },
    languages: ['en', 'de', 'es', 'fr', 'hi', 'it', 'ja', 'nl', 'pt', 'ru'],
  },
  'deepgram-plugin-stt': {
    role: 'stt',
    hosting: 'cloud',
    needs: { apiKey: 'DEEPGRAM_API_KEY' },
  },
  'whisperlive-stt': {
    role: 'stt',
    hosting: 'lan',
    needs: { url: 'WHISPERLIVE_URL' },
  },
  'whisperlivekit-stt': {
    role: 'stt',
    hosting: 'lan',
    needs: { url: 'WHISPERLIVEKIT_URL' },
  },
  'openai-compatible-stt': {
    role: 'stt',
    hosting: 'lan',
    needs: { url: 'OPENAI_COMPATIBLE_STT_URL' },
  },
  'moonshine-stt': {
    role: 'stt',
    hosting: 'embedded',
    needs: {},
    languages: ['en'],
  },
  'openrouter-llm': {
    role: 'llm',
    hosting: 'cloud',
    needs: { apiKey: 'OPENROUTER_API_KEY' },
  },
  'ollama-llm': {
    role: 'llm',
    hosting: 'lan',
    needs: { url: 'OLLAMA_URL', model: 'OLLAMA_MODEL' },
  },
  'openai-compatible-llm': {
    role: 'llm',
    hosting: 'lan',
    needs: { url: 'OPENAI_COMPATIBLE_LLM_URL', model: 'OPENAI_COMPATIBLE_LLM_MODEL' },
  },
  'scripted-llm': {
    role: 'llm',
    hosting: 'embedded',
    needs: {},
    languages: ['en'],
  },
  'embedded-llm': {
    role: 'llm',
    hosting: 'embedded',
    needs: { model: 'PARLEY_EMBEDDED_LLM' },
  },
  'elevenlabs-tts': {
    role: 'tts',
    hosting: 'cloud',
    needs: { apiKey: 'ELEVENLABS_API_KEY' },
  },
  'elevenlabs-plugin-tts': {
    role: 'tts',
    hosting: 'cloud',
    needs: { apiKey: 'ELEVENLABS_API_KEY' },
  },
  'deepgram-tts': {
    role: 'tts',
    hosting: 'cloud',
    needs: { apiKey: 'DEEPGRAM_API_KEY', url: 'DEEPGRAM_TTS_URL' },
  },
  'deepgram-plugin-tts': {
    role: 'tts',
    hosting: 'cloud',
    needs: { apiKey: 'DEEPGRAM_API_KEY', url: 'DEEPGRAM_TTS_URL' },
  },
  'piper-http-tts': {
    role: 'tts',
    hosting: 'lan',
    needs: { url: 'PIPER_URL' },
  },
  'piper-wyoming-tts': {
    role: 'tts',
    hosting: 'lan',
    needs: { url: 'PIPER_URL' },
  },
  'openai-compatible-tts': {
    role: 'tts',
    hosting: 'lan',
    needs: { url: 'OPENAI_COMPATIBLE_TTS_URL' },
  },
  'piper-embedded-tts': {
    role: 'tts',
    hosting: 'embedded',
    needs: {},
    languages: ['en'],
  },
} as const satisfies Record<string, CatalogEntry>;

export type ShippedName = keyof typeof catalog;

/** A provider that an agent file names by its package: `<package>/<role>`, such as `@livekit/agents-plugin-xai/stt`. */
export type PluginName = `${string}/${SpeechRole}`;

/** Who serves a stage. */
export type ProviderName = ShippedName | PluginName;

/** Names of all providers of this program, in the order of the table. */
export const providerNames = Object.keys(catalog) as ShippedName[];

export const providerCatalog: Readonly<Record<ShippedName, CatalogEntry>> = catalog;

/** Whether this program ships a provider of that name. */
export function isProviderName(name: string): name is ShippedName {
  return Object.hasOwn(catalog, name);
}

export function catalogEntry(name: ProviderName): CatalogEntry {
  if (isProviderName(name)) return catalog[name];
  // A plugin is taken for a hosted service: the price list is asked what it costs.
  return { role: pluginOf(name).role, hosting: 'cloud', needs: {} };
}

export function pluginName(packageName: string, role: SpeechRole): PluginName {
  return `${packageName}/${role}`;
}

export function pluginOf(name: PluginName): { packageName: string; role: SpeechRole } {
  const cut = name.lastIndexOf('/');
  return { packageName: name.slice(0, cut), role: name.slice(cut + 1) as SpeechRole };
}

/** Whether a provider can hold a call in this language (BCP 47), as far as that is known before it is asked. */
export function knowsLanguage(provider: ProviderName, language: string): boolean {
  const { languages } = catalogEntry(provider);
  return !languages || languages.includes(language.toLowerCase().split('-')[0] ?? '');
}

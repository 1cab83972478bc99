import { isProviderName, type ProviderName, type ShippedName } from './catalog.ts';
import type { AnyProvider } from './contract.ts';

/** A file is read when a call first needs it; a test compares this table with the folder. */
const files: Readonly<Record<ShippedName, () => Promise<AnyProvider>>> = {
  'silero-vad': () => import('./providers/silero-vad.ts').then((file) => file.sileroVad),
  'silero-plugin-vad': () => import('./providers/silero-plugin-vad.ts').then((file) => file.sileroPluginVad),
  'deepgram-stt': () => import('./providers/deepgram-stt.ts').then((file) => file.deepgramStt),
  'deepgram-flux-stt': () => import('./providers/deepgram-flux-stt.ts').then((file) => file.deepgramFluxStt),
  'deepgram-plugin-stt': () => import('./providers/deepgram-plugin-stt.ts').then((file) => file.deepgramPluginStt),
  'whisperlive-stt': () => import('./providers/whisperlive-stt.ts').then((file) => file.whisperliveStt),
  'whisperlivekit-stt': () => import('./providers/whisperlivekit-stt.ts').then((file) => file.whisperlivekitStt),
  'openai-compatible-stt': () =>
    import('./providers/openai-compatible-stt.ts').then((file) => file.openaiCompatibleStt),
  'moonshine-stt': () => import('./providers/moonshine-stt.ts').then((file) => file.moonshineStt),
  'openrouter-llm': () => import('./providers/openrouter-llm.ts').then((file) => file.openrouterLlm),
  'ollama-llm': () => import('./providers/ollama-llm.ts').then((file) => file.ollamaLlm),
  'openai-compatible-llm': () =>
    import('./providers/openai-compatible-llm.ts').then((file) => file.openaiCompatibleLlm),
  'scripted-llm': () => import('./providers/scripted-llm.ts').then((file) => file.scriptedLlm),
  'embedded-llm': () => import('./providers/embedded-llm.ts').then((file) => file.embeddedLlm),
  'elevenlabs-tts': () => import('./providers/elevenlabs-tts.ts').then((file) => file.elevenlabsTts),
  'elevenlabs-plugin-tts': () =>
    import('./providers/elevenlabs-plugin-tts.ts').then((file) => file.elevenlabsPluginTts),
  'deepgram-tts': () => import('./providers/deepgram-tts.ts').then((file) => file.deepgramTts),
  'deepgram-plugin-tts': () => import('./providers/deepgram-plugin-tts.ts').then((file) => file.deepgramPluginTts),
  'piper-http-tts': () => import('./providers/piper-http-tts.ts').then((file) => file.piperHttpTts),
  'piper-wyoming-tts': () => import('./providers/piper-wyoming-tts.ts').then((file) => file.piperWyomingTts),
  'openai-compatible-tts': () =>
    import('./providers/openai-compatible-tts.ts').then((file) => file.openaiCompatibleTts),
  'piper-embedded-tts': () => import('./providers/piper-embedded-tts.ts').then((file) => file.piperEmbeddedTts),
};

export async function loadProvider(name: ProviderName): Promise<AnyProvider> {
  if (isProviderName(name)) return files[name]();
  const { sdkPlugin } = await import('./providers/sdk-plugin.ts');
  return sdkPlugin(name);
}

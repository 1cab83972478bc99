import type { Preset, ProviderSettings } from './contract.ts';

/** Hosted services. A LAN server that is configured as well, then this host's own models, stand in when one fails. */
export const cloud = {
  name: 'cloud',
  title: 'Deepgram, OpenRouter and ElevenLabs',
  hosting: 'cloud',
  vad: [{ provider: 'silero-vad' }],
  // Its own end of turn comes sooner and cuts fewer callers off than any that runs on this host.
  telephoneStt: { provider: 'deepgram-flux-stt', options: { eotTimeoutMs: 1_500 }, suits: leavesModelToUs },
  stt: [
    { provider: 'deepgram-stt' },
    { provider: 'whisperlive-stt' },
    { provider: 'whisperlivekit-stt' },
    { provider: 'moonshine-stt' },
  ],
  llm: [
    { provider: 'openrouter-llm' },
    { provider: 'ollama-llm' },
    { provider: 'openai-compatible-llm' },
    { provider: 'scripted-llm' },
  ],
  tts: [
    { provider: 'elevenlabs-tts' },
    { provider: 'deepgram-tts' },
    { provider: 'piper-http-tts' },
    { provider: 'piper-wyoming-tts' },
    { provider: 'piper-embedded-tts' },
  ],
} as const satisfies Preset;

/** Whoever chose a model of `deepgram-stt` is given it, and a server of one's own that speaks its protocol need not know Flux. */
function leavesModelToUs({ 'deepgram-stt': deepgram }: ProviderSettings): boolean {
  const { model, url } = deepgram ?? {};
  return model === undefined && (typeof url !== 'string' || new URL(url).hostname.endsWith('.deepgram.com'));
}

import type { Preset } from './contract.ts';

/** Hosted services. A LAN server that is configured as well, then this host's own models, stand in when one fails. */
export const cloud = {
  name: 'cloud',
  title: 'Deepgram, OpenRouter and ElevenLabs',
  hosting: 'cloud',
  vad: [{ provider: 'silero-vad' }],
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

import type { Preset } from './contract.ts';

/** Servers of the operator. Nothing of a call ever leaves for a hosted service: only this host's own models stand in. */
export const lan = {
  name: 'lan',
  title: 'WhisperLive or WhisperLiveKit, Ollama and Piper',
  hosting: 'lan',
  vad: [{ provider: 'silero-vad' }],
  stt: [
    { provider: 'whisperlive-stt' },
    { provider: 'whisperlivekit-stt' },
    { provider: 'openai-compatible-stt' },
    { provider: 'moonshine-stt' },
  ],
  llm: [{ provider: 'ollama-llm' }, { provider: 'openai-compatible-llm' }, { provider: 'scripted-llm' }],
  tts: [
    { provider: 'piper-http-tts' },
    { provider: 'piper-wyoming-tts' },
    { provider: 'openai-compatible-tts' },
    { provider: 'piper-embedded-tts' },
  ],
} as const satisfies Preset;

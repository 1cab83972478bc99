import type { Preset } from './contract.ts';

/** Models of this host: no key, no network. A language model serves when one is configured, else the scripted responder. */
export const embedded = {
  name: 'embedded',
  title: 'Moonshine, the scripted responder and Piper, on this host',
  hosting: 'embedded',
  vad: [{ provider: 'silero-vad' }],
  stt: [{ provider: 'moonshine-stt' }],
  llm: [{ provider: 'embedded-llm' }, { provider: 'scripted-llm' }],
  tts: [{ provider: 'piper-embedded-tts' }],
} as const satisfies Preset;

import { TTS } from '@livekit/agents-plugin-elevenlabs';
import { z } from 'zod';
import type { Provider } from '../contract.ts';
import { makePluginObject } from '../plugins/make-plugin-object.ts';
import { pluginFailure, type PluginSettings } from '../plugins/plugin-failure.ts';
import { PluginVoice } from '../plugins/plugin-voice.ts';
import { elevenlabsTts } from './elevenlabs-tts.ts';

const name = 'elevenlabs-plugin-tts';

const options = z.strictObject({
  /** Key of the ElevenLabs profile. */
  apiKey: z.string(),
  /** Id of a voice of the library or of the account. */
  voiceId: z.string().default('21m00Tcm4TlvDq8ikWAM'),
  model: z.string().default('eleven_flash_v2_5'),
  /** Address of ElevenLabs or of a server that speaks its protocol. */
  url: z.url().default('wss://api.elevenlabs.io'),
  /** Milliseconds from a sentence to its first sound, and between two pieces of it. */
  audioTimeoutMs: z.number().int().min(100).default(1_500),
});

const settings: PluginSettings = {
  key: 'ELEVENLABS_API_KEY',
  address: 'ELEVENLABS_URL, ELEVENLABS_API_KEY and ELEVENLABS_VOICE_ID',
  model: 'ELEVENLABS_VOICE_ID or the option model',
};

/** Streaming synthesis by LiveKit's ElevenLabs plugin. */
export const elevenlabsPluginTts = {
  name,
  role: 'tts',
  title: 'ElevenLabs Flash v2.5 by the LiveKit plugin',
  hosting: 'cloud',
  options,
  priceUnit: 'character',
  requires: ['apiKey'],
  create({ apiKey, voiceId, model, url, audioTimeoutMs }, context) {
    const baseURL = new URL('/v1', url.replace(/^ws/, 'http')).href;
    const language = model.endsWith('_v2_5') ? context.language : undefined;
    const instance = makePluginObject(
      name,
      settings,
      () => new TTS({ apiKey, voiceId, model, baseURL, encoding: 'pcm_16000', ...(language && { language }) }),
    );
    const explain = (error: unknown) => pluginFailure(name, error, settings);
    const cure = `Check the network and ${settings.address}, or raise the option audioTimeoutMs.`;
    return new PluginVoice({ name, instance, context, timeoutMs: audioTimeoutMs, cure, explain });
  },
  async check(chosen, context) {
    const checked = await elevenlabsTts.check(elevenlabsTts.options.parse(chosen), context);
    return { ...checked, message: checked.message.replace(elevenlabsTts.name, name) };
  },
} as const satisfies Provider<'tts', typeof options>;

import { TTS } from '@livekit/agents-plugin-elevenlabs';
import type { Provider } from '../contract.ts';
import { checkOf } from '../plugins/check-of.ts';
import { makePluginObject } from '../plugins/make-plugin-object.ts';
import { pluginFailure, type PluginSettings } from '../plugins/plugin-failure.ts';
import { PluginVoice } from '../plugins/plugin-voice.ts';
import { elevenlabsTts } from './elevenlabs-tts.ts';

const name = 'elevenlabs-plugin-tts';

const options = elevenlabsTts.options.pick({
  apiKey: true,
  voiceId: true,
  model: true,
  url: true,
  audioTimeoutMs: true,
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
  check: checkOf(elevenlabsTts, name),
} as const satisfies Provider<'tts', typeof options>;

import { TTS } from '@livekit/agents-plugin-deepgram';
import type { Provider } from '../contract.ts';
import { checkOf } from '../plugins/check-of.ts';
import { makePluginObject } from '../plugins/make-plugin-object.ts';
import { pluginFailure, type PluginSettings } from '../plugins/plugin-failure.ts';
import { PluginVoice } from '../plugins/plugin-voice.ts';
import { deepgramTts } from './deepgram-tts.ts';

const name = 'deepgram-plugin-tts';

const options = deepgramTts.options.omit({ concurrency: true });

const settings: PluginSettings = { key: 'DEEPGRAM_API_KEY', address: 'DEEPGRAM_TTS_URL', model: 'the option model' };

/** Deepgram's voices by LiveKit's plugin: one WebSocket per answer. */
export const deepgramPluginTts = {
  name,
  role: 'tts',
  title: 'Deepgram Aura-2 by the LiveKit plugin',
  hosting: 'cloud',
  options,
  priceUnit: 'character',
  requires: ['apiKey', 'url'],
  create({ apiKey, model, url, audioTimeoutMs }, context) {
    const baseUrl = url.replace(/^ws/, 'http').replace(/\/$/, '');
    const instance = makePluginObject(name, settings, () => new TTS({ apiKey, model, baseUrl, sampleRate: 16_000 }));
    const explain = (error: unknown) => pluginFailure(name, error, settings);
    const cure = `Check the network and ${settings.address}, or raise the option audioTimeoutMs.`;
    return new PluginVoice({ name, instance, context, timeoutMs: audioTimeoutMs, cure, explain });
  },
  check: checkOf(deepgramTts, name),
} as const satisfies Provider<'tts', typeof options>;

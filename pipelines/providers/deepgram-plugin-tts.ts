import { TTS } from '@livekit/agents-plugin-deepgram';
import { z } from 'zod';
import type { Provider } from '../contract.ts';
import { makePluginObject } from '../plugins/make-plugin-object.ts';
import { pluginFailure, type PluginSettings } from '../plugins/plugin-failure.ts';
import { PluginVoice } from '../plugins/plugin-voice.ts';
import { deepgramTts } from './deepgram-tts.ts';

const name = 'deepgram-plugin-tts';

const options = z.strictObject({
  /** Key of the Deepgram project. */
  apiKey: z.string(),
  /** Model and voice in one. */
  model: z.string().default('aura-2-thalia-en'),
  /** Address of Deepgram or of a server that speaks its protocol. */
  url: z.url(),
  /** Milliseconds from a sentence to its sound, and between two pieces of it. */
  audioTimeoutMs: z.number().int().min(100).default(1_500),
});

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
  async check(chosen, context) {
    const checked = await deepgramTts.check(deepgramTts.options.parse(chosen), context);
    return { ...checked, message: checked.message.replace(deepgramTts.name, name) };
  },
} as const satisfies Provider<'tts', typeof options>;

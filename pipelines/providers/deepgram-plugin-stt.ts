import { STT } from '@livekit/agents-plugin-deepgram';
import { z } from 'zod';
import type { Provider } from '../contract.ts';
import { makePluginObject } from '../plugins/make-plugin-object.ts';
import { pluginFailure, type PluginSettings } from '../plugins/plugin-failure.ts';
import { PluginTranscriber } from '../plugins/plugin-transcriber.ts';
import { deepgramUrl } from '../wire/deepgram-api.ts';
import { deepgramStt } from './deepgram-stt.ts';

const name = 'deepgram-plugin-stt';

const options = z.strictObject({
  /** Key of the Deepgram project. */
  apiKey: z.string(),
  /** A nova model. */
  model: z.string().default('nova-3'),
  /** Address of Deepgram or of a server that speaks its protocol. */
  url: z.url().default(deepgramUrl),
  /** BCP 47; the agent's language where absent. */
  language: z.string().optional(),
  /** Silence that ends an utterance, milliseconds. */
  endpointingMs: z.number().int().min(10).max(5000).default(25),
  /** Names and words to listen for. */
  keyterms: z.array(z.string()).default([]),
  /** Write numbers, dates and money as figures. */
  smartFormat: z.boolean().default(true),
  /** Keep the audio out of Deepgram's training programme; Deepgram may charge for it. */
  optOutOfTraining: z.boolean().default(false),
  /** Milliseconds in which the plugin must take the audio it is offered. */
  connectTimeoutMs: z.number().int().min(100).default(2_000),
});

const settings: PluginSettings = { key: 'DEEPGRAM_API_KEY', address: 'DEEPGRAM_URL', model: 'DEEPGRAM_MODEL' };

/** Streaming recognition by LiveKit's Deepgram plugin. What it cannot do that `deepgram-stt` can is in docs/decisions. */
export const deepgramPluginStt = {
  name,
  role: 'stt',
  title: 'Deepgram nova-3 by the LiveKit plugin',
  hosting: 'cloud',
  options,
  priceUnit: 'audio_second',
  requires: ['apiKey'],
  create(chosen, context) {
    const instance = makePluginObject(name, settings, () => {
      return new STT({
        apiKey: chosen.apiKey,
        model: chosen.model,
        baseUrl: chosen.url.replace(/^http/, 'ws').replace(/\/$/, ''),
        language: chosen.language ?? context.language,
        endpointing: chosen.endpointingMs,
        keyterm: chosen.keyterms,
        smartFormat: chosen.smartFormat,
        mipOptOut: chosen.optOutOfTraining,
        utteranceEndMs: 1000,
      });
    });
    const explain = (error: unknown) => pluginFailure(name, error, settings);
    const cure = `Check the network and ${settings.address}.`;
    return new PluginTranscriber({ name, instance, context, timeoutMs: chosen.connectTimeoutMs, cure, explain });
  },
  async check(chosen, context) {
    const checked = await deepgramStt.check(deepgramStt.options.parse(chosen), context);
    return { ...checked, message: checked.message.replace(deepgramStt.name, name) };
  },
} as const satisfies Provider<'stt', typeof options>;

import { STT } from '@livekit/agents-plugin-deepgram';
import type { Provider } from '../contract.ts';
import { checkOf } from '../plugins/check-of.ts';
import { makePluginObject } from '../plugins/make-plugin-object.ts';
import { pluginFailure, type PluginSettings } from '../plugins/plugin-failure.ts';
import { PluginTranscriber } from '../plugins/plugin-transcriber.ts';
import { deepgramStt } from './deepgram-stt.ts';

const name = 'deepgram-plugin-stt';

const settings: PluginSettings = { key: 'DEEPGRAM_API_KEY', address: 'DEEPGRAM_URL', model: 'DEEPGRAM_MODEL' };

/** Streaming recognition by LiveKit's Deepgram plugin. What it cannot do that `deepgram-stt` can is in docs/decisions. */
export const deepgramPluginStt = {
  name,
  role: 'stt',
  title: 'Deepgram nova-3 by the LiveKit plugin',
  hosting: 'cloud',
  options: deepgramStt.options,
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
  check: checkOf(deepgramStt, name),
} as const satisfies Provider<'stt', typeof deepgramStt.options>;

import { STT as ScribeStt } from '@livekit/agents-plugin-elevenlabs';
import { LLM, STT, TTS } from '@livekit/agents-plugin-openai';
import { z } from 'zod';
import type { AnyProvider, BuildContext } from '../../pipelines/contract.ts';
import { pluginName } from '../../pipelines/catalog.ts';
import { optionSettings, pluginFailure } from '../../pipelines/plugins/plugin-failure.ts';
import { PluginModel } from '../../pipelines/plugins/plugin-model.ts';
import type { PluginParts } from '../../pipelines/plugins/plugin-parts.ts';
import { PluginTranscriber } from '../../pipelines/plugins/plugin-transcriber.ts';
import { PluginVoice } from '../../pipelines/plugins/plugin-voice.ts';
import { deepgramPluginStt } from '../../pipelines/providers/deepgram-plugin-stt.ts';
import { deepgramPluginTts } from '../../pipelines/providers/deepgram-plugin-tts.ts';
import { elevenlabsPluginTts } from '../../pipelines/providers/elevenlabs-plugin-tts.ts';
import { sdkPlugin } from '../../pipelines/providers/sdk-plugin.ts';
import { startDeepgramDouble } from '../fakes/deepgram-double.ts';
import { startFluxDouble } from '../fakes/deepgram-flux-double.ts';
import { startElevenLabsDouble } from '../fakes/elevenlabs-double.ts';
import { startSpeechServerDouble } from '../fakes/openai-compatible-double.ts';
import { startOpenRouterDouble } from '../fakes/openrouter-double.ts';
import { startScribeDouble } from '../fakes/scribe-double.ts';
import { llmConformance } from './llm-conformance.ts';
import { sttConformance } from './stt-conformance.ts';
import { ttsConformance } from './tts-conformance.ts';

/** What the suites set, in the words of a provider of Parley. */
const given = z.looseObject({
  url: z.string(),
  model: z.string().default('gpt-4.1-mini'),
  connectTimeoutMs: z.number().default(2_000),
  audioTimeoutMs: z.number().optional(),
  firstTokenTimeoutMs: z.number().optional(),
  betweenTokensTimeoutMs: z.number().optional(),
});
type Given = z.output<typeof given>;

/** A plugin as `sdkPlugin` adapts it, made at once: the suites do not wait for a provider. */
function subject<T>(
  packageName: string,
  role: 'stt' | 'llm' | 'tts',
  make: (chosen: Given, parts: Omit<PluginParts<T>, 'instance'>) => unknown,
): AnyProvider {
  const name = pluginName(packageName, role);
  return {
    ...sdkPlugin(name),
    options: given,
    create(chosen: Given, context: BuildContext) {
      const waits = [chosen.audioTimeoutMs, chosen.firstTokenTimeoutMs, chosen.betweenTokensTimeoutMs];
      const timeoutMs = role === 'stt' ? chosen.connectTimeoutMs : Math.min(...waits.map((wait) => wait ?? Infinity));
      const explain = (error: unknown) => pluginFailure(name, error, optionSettings);
      return make(chosen, { name, context, timeoutMs, cure: 'Check the network.', explain }) as never;
    },
  };
}

const apiKey = 'key';
const deadline = { connectTimeoutMs: 300 };
/** A stream that is closed while it connects is let go only when the connection stands, because the plugin could not bear it. */
const lingering = ['hundreds of streams leave nothing behind'];

sttConformance(
  {
    provider: subject<ScribeStt>('@livekit/agents-plugin-elevenlabs', 'stt', ({ url }, parts) => {
      const serverVad = { vadSilenceThresholdSecs: 0.3 };
      const options = { apiKey, baseURL: url, model: 'scribe_v2_realtime', languageCode: 'en', serverVad };
      return new PluginTranscriber({ ...parts, instance: new ScribeStt(options) });
    }),
    start: startScribeDouble,
    options: {},
    deadline,
  },
  ['a half-open connection is noticed', ...lingering],
);
sttConformance({
  provider: subject<STT>('@livekit/agents-plugin-openai', 'stt', ({ url, model }, parts) => {
    const instance = new STT({ apiKey, baseURL: url, model, useRealtime: false });
    return new PluginTranscriber({ ...parts, instance });
  }),
  start: startSpeechServerDouble,
  options: {},
  deadline,
  onlyFinals: true,
  sendsUtterances: true,
});
llmConformance(
  {
    provider: subject<LLM>('@livekit/agents-plugin-openai', 'llm', ({ url, model, temperature }, parts) => {
      const instance = new LLM({
        apiKey,
        baseURL: url,
        model,
        ...(temperature !== undefined && { temperature: Number(temperature) }),
      });
      return new PluginModel({ ...parts, instance });
    }),
    start: () => startOpenRouterDouble() as never,
    options: {},
    temperatureOf: (request: { temperature?: unknown }) => request.temperature,
  },
  ['temperature 0 is honoured'],
);
ttsConformance(
  {
    provider: subject<TTS>('@livekit/agents-plugin-openai', 'tts', ({ url }, parts) => {
      return new PluginVoice({ ...parts, instance: new TTS({ apiKey, baseURL: url }) });
    }),
    start: startSpeechServerDouble,
    options: {},
    hang: ({ behaviour }) => (behaviour.hang = true),
    breakMidway: ({ behaviour }) => (behaviour.breakAfterBytes = 20_000),
    mend: ({ behaviour }) => delete behaviour.breakAfterBytes,
  },
  [
    // It leaves the last part of each text unsaid, up to 0.2 s: what fills no whole frame is never flushed.
    'all of a text is spoken, in order',
    'two answers at once do not mix',
    'ten interruptions in a row are followed by a whole answer',
    'hundreds of answers leave nothing behind',
  ],
);

// The plugins of the design card's services, by the settings of `deepgram-stt`, `deepgram-tts` and `elevenlabs-tts`. What
// each cannot do is why Parley's own clients serve first; docs/decisions tells the figures.
sttConformance({ provider: deepgramPluginStt, start: startDeepgramDouble, options: { apiKey }, deadline }, [
  'a connection that breaks is reported, and the next stream works',
  'a half-open connection is noticed',
  ...lingering,
]);
ttsConformance(
  {
    provider: elevenlabsPluginTts,
    start: () => startElevenLabsDouble({ speedUp: 60 }),
    options: { apiKey },
    hang: ({ behaviour }) => (behaviour.stallAfterMs = 0),
    breakMidway: ({ behaviour }) => (behaviour.breakAfterMs = 500),
    mend: () => undefined,
    standingConnections: 2,
  },
  ['hundreds of answers leave nothing behind'],
);
ttsConformance(
  {
    provider: deepgramPluginTts,
    start: startFluxDouble,
    options: { apiKey },
    hang: ({ behaviour }) => (behaviour.hangSpeech = true),
    breakMidway: ({ behaviour }) => (behaviour.failSpeechAfter = 1),
    mend: ({ behaviour }) => delete behaviour.failSpeechAfter,
  },
  [
    'the first sentence sounds while the second is still being written',
    'a flush speaks what is there',
    'closing a stream ends it at once and lets the far end go',
  ],
);

import type { stt } from '@livekit/agents';
import { z } from 'zod';
import type { Provider } from '../contract.ts';
import { heard, speechEnds, speechStarts } from '../text/heard.ts';
import { deepgramListen, listenOptions } from '../wire/deepgram-listen.ts';

const name = 'deepgram-stt';

const options = z.strictObject({
  ...listenOptions,
  /** A nova model; `nova-3-multi` takes several languages within one call. */
  model: z.string().default('nova-3'),
  /** BCP 47; the agent's language where absent. */
  language: z.string().optional(),
  /** Silence that ends an utterance, milliseconds. */
  endpointingMs: z.number().int().min(10).max(5000).default(25),
  /** Write numbers, dates and money as figures. */
  smartFormat: z.boolean().default(true),
});
type Options = z.output<typeof options>;

const message = z.object({
  type: z.string(),
  is_final: z.boolean().optional(),
  speech_final: z.boolean().optional(),
  start: z.number().default(0),
  duration: z.number().default(0),
  /** Of results; other messages have the numbers of their channels here. */
  channel: z
    .object({
      alternatives: z.array(
        z.object({
          transcript: z.string(),
          confidence: z.number().default(0),
          languages: z.array(z.string()).optional(),
        }),
      ),
    })
    .optional()
    .catch(undefined),
  metadata: z.object({ request_id: z.string().optional() }).optional(),
});
type Message = z.output<typeof message>;

/** Streaming recognition, protocol `/v1/listen`. */
export const deepgramStt = {
  name,
  role: 'stt',
  title: 'Deepgram nova-3',
  hosting: 'cloud',
  options,
  priceUnit: 'audio_second',
  requires: ['apiKey'],
  ...deepgramListen<Options, Message>({
    name,
    path: '/v1/listen',
    modelSetting: 'DEEPGRAM_MODEL',
    endsTurns: false,
    model: ({ model }) => model,
    query,
    packetMs: 20,
    takesControl: true,
    message,
    events,
  }),
} as const satisfies Provider<'stt', typeof options>;

function query({ model, keyterms, smartFormat, endpointingMs }: Options, language: string) {
  const multilingual = model.endsWith('-multi');
  return {
    model: multilingual ? model.slice(0, -'-multi'.length) : model,
    language: multilingual ? 'multi' : language,
    channels: '1',
    interim_results: 'true',
    punctuate: 'true',
    smart_format: String(smartFormat),
    no_delay: 'true',
    endpointing: String(endpointingMs),
    utterance_end_ms: '1000',
    [model.startsWith('nova-2') ? 'keywords' : 'keyterm']: keyterms,
  };
}

async function* events(messages: AsyncIterable<Message>, language: string): AsyncGenerator<stt.SpeechEvent> {
  let speaking = false;
  for await (const { type, is_final, speech_final, start, duration, channel, metadata } of messages) {
    const best = channel?.alternatives[0];
    if (type === 'Results' && best?.transcript) {
      if (!speaking) yield speechStarts;
      speaking = true;
      const { transcript: text, confidence, languages } = best;
      const said = {
        text,
        startTime: start,
        endTime: start + duration,
        confidence,
        language: languages?.[0] ?? language,
      };
      yield heard(is_final ? 'final' : 'interim', said, metadata?.request_id);
    }
    if (!speaking || !(type === 'UtteranceEnd' || (type === 'Results' && speech_final))) continue;
    speaking = false;
    yield speechEnds;
  }
}

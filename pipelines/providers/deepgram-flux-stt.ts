import { stt } from '@livekit/agents';
import { z } from 'zod';
import type { Provider } from '../contract.ts';
import { ProviderError } from '../errors.ts';
import { heard, speechEnds, speechStarts } from '../text/heard.ts';
import { deepgramListen, listenOptions } from '../wire/deepgram-listen.ts';

const name = 'deepgram-flux-stt';

const options = z.strictObject({
  ...listenOptions,
  /** Absent: `flux-general-en` for English, else `flux-general-multi` with the call's language as a hint. */
  model: z.string().optional(),
  /** 0.5–0.9: how sure it must be that the turn is over. */
  eotThreshold: z.number().min(0.5).max(0.9).default(0.7),
  /** 0.3–0.9: from here it tells the text early, so that the answer can be prepared. Absent: never. */
  eagerEotThreshold: z.number().min(0.3).max(0.9).optional(),
  /** Silence that always ends a turn, milliseconds. */
  eotTimeoutMs: z.number().int().min(500).max(10_000).default(5_000),
});
type Options = z.output<typeof options>;

const message = z.object({
  type: z.string(),
  event: z.string().optional(),
  request_id: z.string().optional(),
  audio_window_start: z.number().default(0),
  audio_window_end: z.number().default(0),
  transcript: z.string().default(''),
  end_of_turn_confidence: z.number().default(0),
  languages: z.array(z.string()).optional(),
  code: z.string().optional(),
  description: z.string().optional(),
});
type Message = z.output<typeof message>;

/**
 * Recognition that tells the end of a turn itself, protocol `/v2/listen`. It knows neither keep-alives nor finalizing:
 * silence is sent as silence, and it alone decides when a turn is over.
 */
export const deepgramFluxStt = {
  name,
  role: 'stt',
  title: 'Deepgram Flux',
  hosting: 'cloud',
  options,
  priceUnit: 'audio_second',
  requires: ['apiKey'],
  ...deepgramListen<Options, Message>({
    name,
    path: '/v2/listen',
    modelSetting: 'the option model',
    endsTurns: true,
    model: modelFor,
    query,
    // Deepgram advises 80 ms; of frames as long as a window of voice detection, two come nearest.
    packetMs: 64,
    takesControl: false,
    message,
    events,
  }),
} as const satisfies Provider<'stt', typeof options>;

const multilingual = 'flux-general-multi';

function modelFor({ model }: Options, language: string): string {
  return model ?? (/^en\b/i.test(language) ? 'flux-general-en' : multilingual);
}

function query(chosen: Options, language: string) {
  const { eotThreshold, eagerEotThreshold, eotTimeoutMs, keyterms } = chosen;
  const model = modelFor(chosen, language);
  return {
    model,
    language_hint: model === multilingual ? language : undefined,
    eot_threshold: String(eotThreshold),
    eager_eot_threshold: eagerEotThreshold === undefined ? undefined : String(eagerEotThreshold),
    eot_timeout_ms: String(eotTimeoutMs),
    keyterm: keyterms,
  };
}

async function* events(messages: AsyncIterable<Message>, language: string): AsyncGenerator<stt.SpeechEvent> {
  let open: stt.SpeechEvent | undefined;
  for await (const told of messages) {
    const { type, event, code, description, transcript } = told;
    if (type === 'Error' || type === 'FatalError')
      throw new ProviderError('provider_failed', name, `Deepgram reports ${code}: ${description}.`);
    if (type !== 'TurnInfo') continue;
    if (event === 'StartOfTurn') yield speechStarts;
    if (event === 'EndOfTurn') {
      open = undefined;
      if (transcript) yield turnOf('final', told, language);
      yield speechEnds;
    } else if (transcript) {
      open = turnOf('final', told, language);
      const interim = turnOf('interim', told, language);
      yield event === 'EagerEndOfTurn' ? { ...interim, type: stt.SpeechEventType.PREFLIGHT_TRANSCRIPT } : interim;
    }
  }
  // Closing a stream does not end the turn: what was told last is all there will be.
  if (open) yield open;
}

function turnOf(type: 'interim' | 'final', message: Message, language: string): stt.SpeechEvent {
  const said = {
    text: message.transcript,
    startTime: message.audio_window_start,
    endTime: message.audio_window_end,
    confidence: message.end_of_turn_confidence,
    language: message.languages?.[0] ?? language,
  };
  return heard(type, said, message.request_id);
}

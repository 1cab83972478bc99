import { deepgramTts } from '../../pipelines/providers/deepgram-tts.ts';
import { elevenlabsTts } from '../../pipelines/providers/elevenlabs-tts.ts';
import { openaiCompatibleTts } from '../../pipelines/providers/openai-compatible-tts.ts';
import { piperHttpTts } from '../../pipelines/providers/piper-http-tts.ts';
import { piperWyomingTts } from '../../pipelines/providers/piper-wyoming-tts.ts';
import { startFluxDouble } from '../fakes/deepgram-flux-double.ts';
import { startElevenLabsDouble } from '../fakes/elevenlabs-double.ts';
import { startSpeechServerDouble } from '../fakes/openai-compatible-double.ts';
import { startPiperDouble } from '../fakes/piper-double.ts';
import { startWyomingDouble } from '../fakes/wyoming-double.ts';
import { ttsConformance } from './tts-conformance.ts';

ttsConformance({
  provider: elevenlabsTts,
  start: () => startElevenLabsDouble({ speedUp: 60 }),
  options: { apiKey: 'key' },
  hang: ({ behaviour }) => (behaviour.stallAfterMs = 0),
  breakMidway: ({ behaviour }) => (behaviour.breakAfterMs = 500),
  mend: () => undefined,
  standingConnections: 2,
});
ttsConformance({
  provider: deepgramTts,
  start: startFluxDouble,
  options: { apiKey: 'key' },
  hang: ({ behaviour }) => (behaviour.hangSpeech = true),
  breakMidway: ({ behaviour }) => (behaviour.failSpeechAfter = 1),
  mend: ({ behaviour }) => delete behaviour.failSpeechAfter,
});
ttsConformance({
  provider: piperHttpTts,
  start: startPiperDouble,
  options: {},
  hang: ({ behaviour }) => (behaviour.hang = true),
  breakMidway: ({ behaviour }) => (behaviour.failAfter = 1),
  mend: ({ behaviour }) => delete behaviour.failAfter,
});
ttsConformance({
  provider: piperWyomingTts,
  start: startWyomingDouble,
  options: {},
  hang: ({ behaviour }) => (behaviour.hang = true),
  breakMidway: ({ behaviour }) => (behaviour.breakAfterChunks = 3),
  mend: ({ behaviour }) => delete behaviour.breakAfterChunks,
});
ttsConformance({
  provider: openaiCompatibleTts,
  start: startSpeechServerDouble,
  options: {},
  hang: ({ behaviour }) => (behaviour.hang = true),
  breakMidway: ({ behaviour }) => (behaviour.breakAfterBytes = 20_000),
  mend: ({ behaviour }) => delete behaviour.breakAfterBytes,
});

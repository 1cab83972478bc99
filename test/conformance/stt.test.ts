import { deepgramFluxStt } from '../../pipelines/providers/deepgram-flux-stt.ts';
import { deepgramStt } from '../../pipelines/providers/deepgram-stt.ts';
import { openaiCompatibleStt } from '../../pipelines/providers/openai-compatible-stt.ts';
import { whisperliveStt } from '../../pipelines/providers/whisperlive-stt.ts';
import { whisperlivekitStt } from '../../pipelines/providers/whisperlivekit-stt.ts';
import { startDeepgramDouble } from '../fakes/deepgram-double.ts';
import { startFluxDouble } from '../fakes/deepgram-flux-double.ts';
import { startSpeechServerDouble } from '../fakes/openai-compatible-double.ts';
import { startWhisperLiveDouble } from '../fakes/whisperlive-double.ts';
import { startWhisperLiveKitDouble } from '../fakes/whisperlivekit-double.ts';
import { sttConformance } from './stt-conformance.ts';

const deadline = { connectTimeoutMs: 300 };

sttConformance({
  provider: deepgramStt,
  start: startDeepgramDouble,
  options: { apiKey: 'key' },
  deadline,
});
sttConformance({
  provider: deepgramFluxStt,
  start: startFluxDouble,
  options: { apiKey: 'key' },
  deadline,
  ignoresFlush: true,
});
sttConformance({
  provider: whisperliveStt,
  start: () => startWhisperLiveDouble({ passMs: 8 }),
  options: {},
  deadline,
});
sttConformance({ provider: whisperlivekitStt, start: startWhisperLiveKitDouble, options: {}, deadline });
sttConformance({
  provider: openaiCompatibleStt,
  start: startSpeechServerDouble,
  options: {},
  deadline: { timeoutMs: 300 },
  onlyFinals: true,
});

import { inference } from '@livekit/agents';
import type { CallPipeline } from '../../src/worker/dependencies.ts';
import { FakeLlm, type FakeLlmOptions } from '../fakes/sdk/fake-llm.ts';
import { FakeStt, type FakeSttOptions } from '../fakes/sdk/fake-stt.ts';
import { FakeTts, type FakeTtsOptions } from '../fakes/sdk/fake-tts.ts';

export type FakePipeline = CallPipeline & { stt: FakeStt; llm: FakeLlm; tts: FakeTts; closed: boolean };

export type FakePipelineOptions = Partial<FakeSttOptions & FakeLlmOptions & FakeTtsOptions>;

/** The real voice detector between providers that answer after fixed times. */
export function fakePipeline(options: FakePipelineOptions = {}): FakePipeline {
  const pipeline: FakePipeline = {
    vad: new inference.VAD(),
    // Longer than the gaps that a loaded machine tears into speech.
    stt: new FakeStt({ transcripts: ['When are you open?'], silenceMs: 350, finalMs: 400, ...options }),
    llm: new FakeLlm({ answer: () => ({ text: 'We are open from nine to five.' }), firstTokenMs: 100, ...options }),
    tts: new FakeTts({ firstAudioMs: 50, ...options }),
    closed: false,
    describe: () => {
      const of = (provider: string) => ({ provider: provider as never, model: provider, fallbacks: [] });
      return { stt: of('fake-stt'), llm: of('fake-llm'), tts: of('fake-tts') };
    },
    close: async () => {
      pipeline.closed = true;
      await Promise.all([pipeline.stt.close(), pipeline.llm.aclose(), pipeline.tts.close()]);
    },
  };
  return pipeline;
}

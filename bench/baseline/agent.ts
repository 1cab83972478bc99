import { defineAgent, type JobContext, llm, stt, tts, voice } from '@livekit/agents';
import { buildPipeline, resolvePipeline, type WantedPipeline } from '../../pipelines/index.ts';
import { readConfig } from '../../src/config.ts';
import { greeting, instructions } from '../conversation.ts';

/** The plain agent of the SDK's documentation, on the same providers; with the SDK's own fallbacks where they are asked for. */
export default defineAgent({
  async entry(job: JobContext) {
    await job.connect();
    const wanted = JSON.parse(process.env['BENCH_PIPELINE'] ?? '"cloud"') as WantedPipeline;
    const first = await pipelineOf(job, wanted);
    const { vad } = first;
    const others = process.env['BENCH_FALLBACKS'] === '1' ? [await pipelineOf(job, 'lan')] : [];
    const all = [first, ...others];
    const stages = others.length
      ? {
          stt: new stt.FallbackAdapter({ sttInstances: all.map((pipeline) => pipeline.stt), vad }),
          llm: new llm.FallbackAdapter({ llms: all.map((pipeline) => pipeline.llm) }),
          tts: new tts.FallbackAdapter({ ttsInstances: all.map((pipeline) => pipeline.tts) }),
        }
      : first;
    const session = new voice.AgentSession({ vad, stt: stages.stt, llm: stages.llm, tts: stages.tts });
    await session.start({ agent: new voice.Agent({ instructions }), room: job.room });
    session.say(greeting);
  },
});

/** The providers of a preset alone, without those that would stand in for them. */
async function pipelineOf(job: JobContext, wanted: WantedPipeline) {
  const { providers: settings } = readConfig(process.env);
  const {
    stt: ears,
    llm: brains,
    tts: voices,
    ...rest
  } = resolvePipeline({
    wanted,
    settings,
    available: { embedded: false },
  });
  const pipeline = await buildPipeline({
    definition: { ...rest, stt: [ears[0]], llm: [brains[0]], tts: [voices[0]] },
    settings,
    context: { language: 'en-US', sampleRateHz: 16000, variables: {}, log: () => undefined },
  });
  job.addShutdownCallback(() => pipeline.close());
  return pipeline;
}

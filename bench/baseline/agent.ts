import { defineAgent, type JobContext, voice } from '@livekit/agents';
import { buildPipeline, resolvePipeline } from '../../pipelines/index.ts';
import { readConfig } from '../../src/config.ts';
import { greeting, instructions } from '../conversation.ts';

/** The plain agent of the SDK's documentation, on the same providers. */
export default defineAgent({
  async entry(job: JobContext) {
    await job.connect();
    const { providers: settings } = readConfig(process.env);
    const pipeline = await buildPipeline({
      definition: resolvePipeline({ wanted: 'cloud', settings, available: { embedded: false } }),
      settings,
      context: { language: 'en-US', sampleRateHz: 16000, variables: {}, log: () => undefined },
    });
    job.addShutdownCallback(() => pipeline.close());
    const { vad, stt, llm, tts } = pipeline;
    const session = new voice.AgentSession({ vad, stt, llm, tts });
    await session.start({ agent: new voice.Agent({ instructions }), room: job.room });
    session.say(greeting);
  },
});

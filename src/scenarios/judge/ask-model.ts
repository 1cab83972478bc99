import { llm } from '@livekit/agents';
import {
  buildPipeline,
  type PipelineDefinition,
  type ProviderSettings,
  type ProviderUsage,
  quietStages,
} from '../../../pipelines/index.ts';
import type { Log } from '../../telemetry/logger.ts';

/** Asks a language model one question. @throws Error when it does not answer */
export type Ask = (asked: { instructions: string; question: string }) => Promise<string>;

/** The model that judges meanings and plays personas: the first language model of a pipeline. */
export async function openModel(parts: {
  definition: PipelineDefinition;
  settings: ProviderSettings;
  onUsage: (usage: ProviderUsage) => void;
  log: Log;
}): Promise<{ ask: Ask; close: () => Promise<void> }> {
  const { definition, settings, onUsage, log } = parts;
  const pipeline = await buildPipeline({
    definition: { ...definition, llm: [definition.llm[0]] },
    settings,
    instead: quietStages(() => undefined),
    context: { language: 'en-US', sampleRateHz: 16000, variables: {}, onUsage, log },
  });
  return {
    ask: async ({ instructions, question }) => {
      const chatCtx = llm.ChatContext.empty();
      chatCtx.addMessage({ role: 'system', content: instructions });
      chatCtx.addMessage({ role: 'user', content: question });
      let answer = '';
      for await (const { delta } of pipeline.llm.chat({ chatCtx })) answer += delta?.content ?? '';
      if (!answer.trim()) throw new Error('the model said nothing');
      return answer.trim();
    },
    close: () => pipeline.close(),
  };
}

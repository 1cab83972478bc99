import { initializeLogger, llm } from '@livekit/agents';
import type { BuildContext, ProviderFailure, ProviderUsage } from '../../pipelines/index.ts';

initializeLogger({ pretty: false, level: 'silent' });

/** A build context that keeps what it is told. */
export function contextForTest(): BuildContext & {
  usages: ProviderUsage[];
  failures: ProviderFailure[];
  logs: string[];
} {
  const usages: ProviderUsage[] = [];
  const failures: ProviderFailure[] = [];
  const logs: string[] = [];
  return {
    language: 'en-US',
    sampleRateHz: 16_000,
    variables: {},
    usages,
    failures,
    logs,
    log: (level, message) => logs.push(`${level} ${message}`),
    onUsage: (usage) => usages.push(usage),
    onFailure: (failure) => failures.push(failure),
  };
}

export function chatForTest(text = 'Good morning.'): llm.ChatContext {
  const chatCtx = llm.ChatContext.empty();
  chatCtx.addMessage({ role: 'system', content: 'You answer the phone.' });
  chatCtx.addMessage({ role: 'user', content: text });
  return chatCtx;
}

import { initializeLogger, llm } from '@livekit/agents';
import type { BuildContext, ProviderFailure, ProviderName, ProviderUsage } from '../../pipelines/index.ts';
import type { Hedging } from '../../pipelines/fallback/hedging.ts';
import { createProviderHealth, type ProviderHealth } from '../../pipelines/fallback/provider-health.ts';
import { type Served, Standbys } from '../../pipelines/fallback/standby.ts';

initializeLogger({ pretty: false, level: 'silent' });

export type ContextForTest = BuildContext & { usages: ProviderUsage[]; failures: ProviderFailure[]; logs: string[] };

/** A build context that keeps what it is told. */
export function contextForTest(): ContextForTest {
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

/** A stage of these providers, with a health of its own that asks nobody for a minute. */
export function standbysForTest<T extends Served>(
  role: 'stt' | 'llm' | 'tts',
  instances: Partial<Record<ProviderName, T>>,
  {
    context,
    health = createProviderHealth({ pauseMs: 60_000 }),
    hedging,
  }: { context: BuildContext; health?: ProviderHealth; hedging?: Hedging },
): Standbys<T> {
  const all = Object.entries(instances).map(([name, instance]) => ({
    name: name as ProviderName,
    instance: instance as T,
    free: false,
    probe: () => Promise.resolve(true),
  }));
  const [first, ...others] = all;
  if (!first) throw new Error('A stage needs a provider.');
  return new Standbys<T>({ role, standbys: [first, ...others], context, health, hedging });
}

export function chatForTest(text = 'Good morning.'): llm.ChatContext {
  const chatCtx = llm.ChatContext.empty();
  chatCtx.addMessage({ role: 'system', content: 'You answer the phone.' });
  chatCtx.addMessage({ role: 'user', content: text });
  return chatCtx;
}

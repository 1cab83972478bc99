import type { CheckResult } from '../contract.ts';
import { ProviderError } from '../errors.ts';
import { timedCheck } from '../wire/timed-check.ts';
import type { EngineClient } from './engine-client.ts';

const absent = 'no engine of embedded models runs on this host. Set PARLEY_EMBEDDED=1.';

/** @throws ProviderError `not_configured` */
export function requireEngine(provider: string, engine: EngineClient | undefined): EngineClient {
  if (!engine) throw new ProviderError('not_configured', provider, absent);
  return engine;
}

/** The `check` of an embedded provider: one small request, whose success `probe` puts in words. */
export async function checkEngine(
  provider: string,
  context: { engine?: EngineClient | undefined; timeoutMs: number },
  probe: (engine: EngineClient, signal: AbortSignal) => Promise<string>,
): Promise<CheckResult> {
  return timedCheck(context.timeoutMs, async (signal) => {
    try {
      return await probe(requireEngine(provider, context.engine), signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      throw new ProviderError('timeout', provider, `no answer within ${context.timeoutMs} ms.`, { cause: error });
    }
  });
}

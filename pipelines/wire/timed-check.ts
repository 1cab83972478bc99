import type { CheckResult } from '../contract.ts';
import { messageOf } from '../failure.ts';

/**
 * The `check` of a provider. `ask` makes its tiny request and resolves to the words for a success; `leftMs` is what is left
 * of the time. `explain` says what an error means. Never throws.
 */
export async function timedCheck(
  timeoutMs: number,
  ask: (signal: AbortSignal, leftMs: () => number) => Promise<string>,
  explain: (error: unknown) => unknown = (error) => error,
): Promise<CheckResult> {
  const started = performance.now();
  const latencyMs = () => Math.round(performance.now() - started);
  try {
    const message = await ask(AbortSignal.timeout(timeoutMs), () => Math.max(1, timeoutMs - latencyMs()));
    return { ok: true, latencyMs: latencyMs(), message };
  } catch (error) {
    return { ok: false, latencyMs: latencyMs(), message: messageOf(explain(error)) };
  }
}

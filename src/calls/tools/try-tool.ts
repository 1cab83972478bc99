import { setTimeout as sleep } from 'node:timers/promises';
import { type HttpTool, mayRepeat } from '../../agent-files/tools/http-tool.ts';
import { hideSecrets, secretsOf } from './hide-secrets.ts';
import { sendToolRequest } from './send-tool-request.ts';
import type { ToolAddressRules } from './tool-address.ts';
import type { ToolOutcome } from './tool-outcome.ts';
import { type ToolValues, toolRequest } from './tool-request.ts';

const firstPauseMs = 200;

/**
 * Executes an HTTP tool once, as far as its server sees it: every try carries the same `Idempotency-Key`, and what may have
 * been carried out is sent again only where the server can tell a repetition. Rejects only before anything is sent.
 * @throws ToolArgumentError @throws MissingVariables
 */
export async function tryTool(
  tool: HttpTool,
  run: { id: string; values: ToolValues; resumeUrl?: string | undefined; rules: ToolAddressRules },
): Promise<ToolOutcome> {
  const outcome = await tryUntilKnown(tool, run);
  return hideSecrets(outcome, secretsOf(tool, run.values.secrets));
}

async function tryUntilKnown(tool: HttpTool, run: Parameters<typeof tryTool>[1]): Promise<ToolOutcome> {
  const request = toolRequest(tool, run.values);
  request.headers['Idempotency-Key'] = run.id;
  if (run.resumeUrl) request.headers['Parley-Resume-Url'] = run.resumeUrl;
  const signal = AbortSignal.timeout(tool.timeout_ms);
  const untilMs = performance.now() + tool.timeout_ms;
  /** Worse news than that of a try that surely did nothing. */
  let open: ToolOutcome | undefined;
  for (let tries = 0; ; tries += 1) {
    const { retryAfter, ...outcome } = await sendToolRequest(request, {
      answer: tool.answer,
      rules: run.rules,
      signal,
    });
    if (outcome.is === 'unknown') open = outcome;
    const again = outcome.is === 'failed' || (outcome.is === 'unknown' && mayRepeat(tool));
    const pauseMs = retryAfter ? secondsOf(retryAfter) * 1000 : firstPauseMs * 2 ** tries;
    const inTime = performance.now() + pauseMs < untilMs;
    // Of a repetition 409 says that the first one is still under way.
    const saysNothing = outcome.is === 'failed' || outcome.status === 409;
    if (!again || tries >= tool.retries || !inTime) return open && saysNothing ? open : outcome;
    await sleep(pauseMs);
  }
}

function secondsOf(retryAfter: string): number {
  const seconds = Number(retryAfter);
  return Number.isFinite(seconds) ? seconds : Math.max(0, (Date.parse(retryAfter) - Date.now()) / 1000 || 0);
}

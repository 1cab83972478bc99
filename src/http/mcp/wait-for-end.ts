import type { Call, CallEvent } from '../../calls/call.ts';
import { getCall } from '../../calls/get-call.ts';
import type { CallEventBus, CallStore } from '../../calls/ports.ts';
import { newsOf } from '../news-of.ts';

/** What happened is read again after this long, should the word of it have been lost. */
const lookAgainMs = 15_000;

/** Waits until the call has ended, but no longer than asked, and tells what happens meanwhile. Answers the call as it is then. */
export async function waitForEnd(
  call: Call,
  wait: { seconds: number; signal: AbortSignal; progress: (step: number, message: string) => void },
  deps: { calls: CallStore; events: CallEventBus; draining: AbortSignal },
): Promise<Call> {
  const deadline = performance.now() + wait.seconds * 1000;
  const news = newsOf(call.id, deps.events);
  const stop = () => news.stop();
  const stops = [wait.signal, deps.draining];
  for (const signal of stops) signal.addEventListener('abort', stop, { once: true });
  try {
    let after = (await deps.calls.listEvents(call.id)).at(-1)?.sequence ?? 0;
    for (;;) {
      const now = await getCall(deps.calls, call);
      for (const event of await deps.calls.listEvents(call.id, after)) {
        after = event.sequence;
        const message = inWords(event);
        if (message) wait.progress(after, message);
      }
      const leftMs = deadline - performance.now();
      if (now.state === 'ended' || leftMs <= 0 || stops.some(({ aborted }) => aborted)) return now;
      await news.wait(Math.min(leftMs, lookAgainMs));
    }
  } finally {
    for (const signal of stops) signal.removeEventListener('abort', stop);
    news.close();
  }
}

/** What a person who waits wants to know; the rest is detail. */
function inWords({ type, data }: CallEvent): string | undefined {
  if (type === 'turn.caller' || type === 'turn.agent') return `${type.slice('turn.'.length)}: ${String(data['text'])}`;
  if (type.startsWith('call.') && type !== 'call.state') return type.slice('call.'.length).replace('_', ' ');
  return undefined;
}

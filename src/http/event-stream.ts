import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { CallEventBus, CallStore } from '../calls/ports.ts';
import { eventJson } from './shapes/call-json.ts';
import type { ApiEnv } from './dependencies.ts';
import { newsOf } from './news-of.ts';

/** Proxies cut a silent response after about 100 s. */
const heartbeatMs = 15_000;

/**
 * Follows the events of one call as server-sent events, from `afterSequence` on. Ends after `call.ended`, when the client
 * leaves, when their key is revoked or expires, or when this process drains; a client then resumes elsewhere with `Last-Event-ID`.
 */
export function eventStream(
  c: Context<ApiEnv>,
  follow: {
    callId: string;
    afterSequence: number;
    ended: boolean;
    /** Whether who asked may still read; asked with every piece of news and every comment. */
    mayRead?: () => Promise<boolean>;
  },
  deps: { calls: Pick<CallStore, 'listEvents'>; events: CallEventBus; draining: AbortSignal },
): Response {
  // Without this a buffering proxy would hold events back.
  c.header('X-Accel-Buffering', 'no');
  return streamSSE(c, async (stream) => {
    const news = newsOf(follow.callId, deps.events);
    const stop = () => news.stop();
    stream.onAbort(stop);
    deps.draining.addEventListener('abort', stop, { once: true });
    try {
      let { afterSequence: after, ended } = follow;
      while (!stream.aborted && !deps.draining.aborted) {
        if (follow.mayRead && !(await follow.mayRead())) return;
        for (const event of await deps.calls.listEvents(follow.callId, after)) {
          const { sequence, type } = event;
          await stream.writeSSE({ id: `${sequence}`, event: type, data: JSON.stringify(eventJson(event)) });
          after = sequence;
          ended ||= type === 'call.ended';
        }
        if (ended) return;
        if ((await news.wait(heartbeatMs)) === 'timeout') await stream.write(': still here\n\n');
      }
    } catch (error) {
      // The client sees the stream end and resumes; the log says why.
      c.get('logger').error({ error, requestId: c.get('requestId') }, 'an event stream failed');
    } finally {
      deps.draining.removeEventListener('abort', stop);
      news.close();
    }
  });
}

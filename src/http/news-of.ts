import type { CallEventBus } from '../calls/ports.ts';

/** Waits for word of a call; word that came between two waits is not lost. */
export function newsOf(callId: string, events: CallEventBus) {
  let heard = false;
  let wake = () => {};
  let stopped = false;
  const unsubscribe = events.onNews(callId, () => {
    heard = true;
    wake();
  });
  return {
    async wait(timeoutMs: number): Promise<'news' | 'timeout'> {
      let timer: NodeJS.Timeout | undefined;
      try {
        const outcome = await new Promise<'news' | 'timeout'>((resolve) => {
          if (heard || stopped) return resolve('news');
          wake = () => resolve('news');
          timer = setTimeout(() => resolve('timeout'), timeoutMs);
        });
        heard = false;
        return outcome;
      } finally {
        clearTimeout(timer);
        wake = () => {};
      }
    },
    stop() {
      stopped = true;
      wake();
    },
    close: unsubscribe,
  };
}

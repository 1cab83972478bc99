import { setTimeout as sleep } from 'node:timers/promises';

/** So many requests at once are everyday business; more of them wait for each other. */
const manyRequests = 6;
const lookEveryMs = 10;
/** However many requests come, the line of calls moves on by one in so long. */
const longestMs = 1_000;

/**
 * What has to be done before the next call is let in: accepting calls goes before dialling them, since whoever asks waits for the
 * answer, and a call in the line does not. On a machine whose cores are busy, each call that is let in makes every request slower.
 */
export function givingWay(
  requests: { readonly underWay: number },
  { pause = sleep }: { pause?: (milliseconds: number) => Promise<unknown> } = {},
): () => Promise<void> {
  return async () => {
    for (let waitedMs = 0; requests.underWay > manyRequests && waitedMs < longestMs; waitedMs += lookEveryMs)
      await pause(lookEveryMs);
  };
}

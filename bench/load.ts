import { fork } from 'node:child_process';

export type LoadRequest = { headers: Record<string, string>; body: string };

/** POST requests to one address: so many per second at even distances, or all at once. */
export type LoadOrder = { url: string; perSecond: number | 'at once'; requests: LoadRequest[] };

/** `status` 0: there was no answer. `ms` counts from `dueAtMs`, the moment (Unix time) at which it was to be sent. */
export type LoadAnswer = { status: number; dueAtMs: number; ms: number; text: string };

/** Sends the requests from a process of their own, so that the system and its load do not share a thread. */
export function sendLoad(order: LoadOrder): Promise<LoadAnswer[]> {
  const child = fork(new URL('load-main.ts', import.meta.url), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  return new Promise((resolve, reject) => {
    child.once('message', (answers) => resolve(answers as LoadAnswer[]));
    // Not `exit`, which can come before the last message was read.
    child.once('disconnect', () => reject(new Error('The process that sends the load ended without an answer.')));
    child.send(order);
  });
}

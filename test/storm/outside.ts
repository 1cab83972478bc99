import { fork } from 'node:child_process';
import type { LivekitAddress, PhoneBehaviour } from '../fakes/sip-phone.ts';

/** What one person saw of one call. Times are Unix milliseconds. */
export type Witness = {
  /** The number, or the call of a browser. */
  who: string;
  room: string;
  kind: 'web' | 'inbound' | 'outbound';
  /** In the room, ringing or not. */
  joinedAtMs: number;
  answeredAtMs: number | null;
  leftAtMs: number | null;
  /** `self`: hung up of their own will; else the reason that LiveKit gave. */
  leftBy: string | null;
  /** Seconds of the call, counted from the answer, in which somebody spoke to them. */
  heardSeconds: number[];
};

/** Numbers are in the order in which they were rung. */
export type Seen = { witnesses: Witness[]; dials: string[] };

export type OutsideCall =
  | { ask: 'behave'; number: string; behaviour: PhoneBehaviour }
  | { ask: 'sip_away'; away: boolean }
  | { ask: 'call_in'; from: string; room: string; staysSeconds: number }
  | { ask: 'join'; url: string; token: string; room: string; staysSeconds: number }
  | { ask: 'seen' };
export type OutsideRequest = { id: number } & OutsideCall;
export type OutsideAnswer = { url: string } | { id: number; seen?: Seen; error?: string };

export type Outside = {
  /** A livekit-server with phones behind it. */
  url: string;
  ask(request: OutsideCall): Promise<Seen>;
  stop(): Promise<void>;
};

/** Starts all that is not ours, in a process of its own: the phones, their carrier, and the people at browsers. */
export async function startOutside(livekit: LivekitAddress): Promise<Outside> {
  const child = fork(new URL('outside-main.ts', import.meta.url), [JSON.stringify(livekit)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, PromiseWithResolvers<Seen>>();
  const started = Promise.withResolvers<string>();
  const ended = new Promise<void>((resolve) => {
    child.once('exit', (code) => {
      const error = new Error(`The process of the people ended with code ${code}.`);
      started.reject(error);
      for (const { reject } of waiting.values()) reject(error);
      resolve();
    });
  });
  child.on('message', (answer: OutsideAnswer) => {
    if ('url' in answer) return started.resolve(answer.url);
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.error === undefined) asked?.resolve(answer.seen!);
    else asked?.reject(new Error(answer.error));
  });
  let count = 0;
  return {
    url: await started.promise,
    ask(request) {
      const asked = Promise.withResolvers<Seen>();
      waiting.set(count, asked);
      child.send({ id: count, ...request } satisfies OutsideRequest);
      count += 1;
      return asked.promise;
    },
    async stop() {
      if (child.connected) child.disconnect();
      const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
      await ended;
      clearTimeout(timer);
    },
  };
}

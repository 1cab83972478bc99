import { fork } from 'node:child_process';
import type { LivekitAddress, PhoneBehaviour } from '../test/fakes/sip-phone.ts';

export type SipRequest =
  | { id: number; ask: 'set'; numbers: string[]; behaviour: PhoneBehaviour }
  | { id: number; ask: 'call_in'; from: string; room: string; staysMs: number }
  | { id: number; ask: 'dials' };
export type SipAnswer = { url: string } | { id: number; dials: Dialled[]; inbound: Dialled[] };

/** One phone that was rung, or that rings here: `to` is its number. Times are Unix milliseconds. */
export type Dialled = {
  to: string;
  atMs: number;
  answeredAtMs: number | null;
  /** The first loud sample of the agent. */
  heardAtMs: number | null;
};

export type Sip = {
  /** A livekit-server with phones behind it. */
  url: string;
  set(numbers: string[], behaviour: PhoneBehaviour): Promise<void>;
  /** A phone rings here, and hangs up so long after the answer. */
  callIn(call: { from: string; room: string; staysMs: number }): Promise<void>;
  /** Every phone that was rung, in order. */
  dials(): Promise<Dialled[]>;
  /** Every phone that rang here, in order. */
  inbound(): Promise<Dialled[]>;
  stop(): Promise<void>;
};

/** Starts the double of telephony in a process of its own: phones send and hear audio, which is not the system's work. */
export async function startSip(livekit: LivekitAddress): Promise<Sip> {
  const child = fork(new URL('sip-main.ts', import.meta.url), [JSON.stringify(livekit)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // What a phone plays is samples, which JSON does not carry.
    serialization: 'advanced',
  });
  const waiting = new Map<
    number,
    { resolve: (seen: { dials: Dialled[]; inbound: Dialled[] }) => void; reject: (error: Error) => void }
  >();
  const started = Promise.withResolvers<string>();
  const ended = new Promise<void>((resolve) => {
    child.once('exit', (code) => {
      const error = new Error(`The process of the phones ended with code ${code}.`);
      started.reject(error);
      for (const { reject } of waiting.values()) reject(error);
      resolve();
    });
  });
  child.on('message', (answer: SipAnswer) => {
    if ('url' in answer) return started.resolve(answer.url);
    waiting.get(answer.id)?.resolve(answer);
    waiting.delete(answer.id);
  });
  let count = 0;
  const ask = (request: (id: number) => SipRequest) =>
    new Promise<{ dials: Dialled[]; inbound: Dialled[] }>((resolve, reject) => {
      const id = count++;
      waiting.set(id, { resolve, reject });
      child.send(request(id));
    });
  return {
    url: await started.promise,
    async set(numbers, behaviour) {
      await ask((id) => ({ id, ask: 'set', numbers, behaviour }));
    },
    async callIn(call) {
      await ask((id) => ({ id, ask: 'call_in', ...call }));
    },
    dials: async () => (await ask((id) => ({ id, ask: 'dials' }))).dials,
    inbound: async () => (await ask((id) => ({ id, ask: 'dials' }))).inbound,
    async stop() {
      if (child.connected) child.disconnect();
      const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
      await ended;
      clearTimeout(timer);
    },
  };
}

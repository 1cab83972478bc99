import { fork } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import type { CallerReport } from './caller-report.ts';
import type { CallerMoment, CallerOptions } from './run-caller.ts';

/** What one caller does; plain data, since the callers live in a process of their own. */
export type FleetCall = Pick<
  CallerOptions,
  'url' | 'token' | 'script' | 'timeoutSeconds' | 'agentFinishedMs' | 'replyTimeoutMs' | 'recordTo'
>;

export type FleetRequest = { id: number; call: FleetCall };
export type FleetAnswer =
  | { id: number; report: CallerReport }
  | { id: number; error: string }
  | { id: number; step: number; moment: CallerMoment };

export type Fleet = {
  /** Of the process of the callers. */
  pid: number;
  /** Makes one call; several run at once when they are not awaited. `onMoment` is told what passes in it. */
  call(options: FleetCall, onMoment?: CallerOptions['onMoment']): Promise<CallerReport>;
  stop(): Promise<void>;
};

/**
 * Callers have machines of their own. Where they share cores with what they call and those are busy, they come to listen
 * when the greeting is over. Only root may put them first; threads that are started later take it over.
 */
function putFirst(pid: number): void {
  const session = `/proc/${pid}/autogroup`;
  try {
    setPriority(pid, -10);
    if (existsSync(session)) writeFileSync(session, '-10');
  } catch (error) {
    process.stderr.write(`The callers wait for the processor like everything else: ${(error as Error).message}\n`);
  }
}

/**
 * Starts the process of the callers, so that neither their work nor their memory is counted as the system's. With
 * `reportPrefix`, each call's report is written to a file whose path begins so.
 */
export function startFleet(reportPrefix?: string): Fleet {
  const child = fork(new URL('fleet-main.ts', import.meta.url), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // A session of its own: Linux shares the processor between sessions first (`sched_autogroup`), then within each.
    detached: true,
  });
  if (child.pid !== undefined) putFirst(child.pid);
  type Waiting = {
    resolve: (report: CallerReport) => void;
    reject: (error: Error) => void;
    onMoment: CallerOptions['onMoment'];
  };
  const waiting = new Map<number, Waiting>();
  let count = 0;
  child.on('message', (answer: FleetAnswer) => {
    const caller = waiting.get(answer.id);
    if ('moment' in answer) return caller?.onMoment?.(answer.step, answer.moment);
    waiting.delete(answer.id);
    if ('report' in answer && reportPrefix !== undefined)
      writeFileSync(`${reportPrefix}-${answer.id}.json`, JSON.stringify(answer.report, null, 2));
    if ('report' in answer) caller?.resolve(answer.report);
    else caller?.reject(new Error(answer.error));
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', (code) => {
      for (const { reject } of waiting.values()) reject(new Error(`The callers' process ended with code ${code}.`));
      resolve();
    });
  });
  return {
    pid: child.pid ?? 0,
    call: (call, onMoment) =>
      new Promise((resolve, reject) => {
        const id = count++;
        waiting.set(id, { resolve, reject, onMoment });
        child.send({ id, call } satisfies FleetRequest);
      }),
    async stop() {
      if (child.connected) child.disconnect();
      const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
      await ended;
      clearTimeout(timer);
    },
  };
}

import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { cpuSeconds, cpuSecondsOf, treeOf } from './process-tree.ts';

/** What took the processor in a span of time, in cores. */
export type Busy = {
  /** Of all cores, from 0 to 1. */
  machine: number;
  /** By name, the busiest first. */
  processes: { name: string; cores: number }[];
};

/** Begins to watch process trees by name; the function it returns says what they took since. Only Linux reports single processes. */
export function watchBusy(roots: Readonly<Record<string, number>>): () => Busy {
  const startedMs = performance.now();
  const [from, machineFrom] = [timesOf(roots), machineTimes()];
  return () => {
    const seconds = (performance.now() - startedMs) / 1000;
    const machineNow = machineTimes();
    const total = machineNow.total - machineFrom.total;
    const processes = [...timesOf(roots)].map(([name, time]) => ({
      name,
      cores: Math.round((100 * (time - (from.get(name) ?? 0))) / seconds) / 100,
    }));
    return {
      machine: total > 0 ? Math.round((100 * (machineNow.busy - machineFrom.busy)) / total) / 100 : 0,
      processes: processes.filter(({ cores }) => cores > 0).sort((a, b) => b.cores - a.cores),
    };
  };
}

/** Of all cores: from here on the machine is full. */
const fullMachine = 0.85;
/** Of one core: from here on a thread is full. */
const fullThread = 0.85;

/** From so many cores on that other programs take, figures are not to be trusted. */
const foreignCores = 0.3;

/** What programs took that have no part in the test, in cores. */
export function takenByOthers({ machine, processes }: Busy, cores: number): number {
  const own = processes.reduce((sum, process) => sum + process.cores, 0);
  return processes.length === 0 ? 0 : Math.max(0, Math.round((machine * cores - own) * 10) / 10);
}

/** Why there is room for no more, as far as the processor tells. */
export function reasonOf(busy: Busy, cores: number): string {
  const { machine, processes } = busy;
  const [first] = processes;
  if (!first) return 'the reason is not known: this system does not report what each process takes';
  const others = takenByOthers(busy, cores);
  if (others >= foreignCores)
    return `other programs took ${others} of the ${cores} cores of this machine, so the figures are theirs as well: measure again when it does nothing else`;
  const most = `${first.name} took ${first.cores} of them`;
  if (machine >= fullMachine)
    return `the ${cores} cores of this machine are busy (${Math.round(machine * 100)} %); ${most}`;
  const single = fullCallProcess(busy);
  if (single) return `the JS thread of ${single.name} is full (${single.cores} of a core)`;
  return `not the processor (${Math.round(machine * 100)} % busy; ${first.name} took ${first.cores} cores): look at the network and the providers`;
}

const fullCallProcess = ({ processes }: Busy) =>
  processes.find(({ name, cores: share }) => name.startsWith('call process') && share >= fullThread);

/**
 * What one more call process should bring where the thread of one is what is full: as many calls each, as far as the rest of the
 * machine goes. Undefined where it would bring nothing.
 */
export function expectWithOneMore(
  busy: Busy,
  { calls, callProcesses, cores }: { calls: number; callProcesses: number; cores: number },
): { callProcesses: number; calls: number } | undefined {
  const { machine } = busy;
  if (machine >= fullMachine || takenByOthers(busy, cores) >= foreignCores || !fullCallProcess(busy)) return undefined;
  const expected = Math.floor(calls * Math.min((callProcesses + 1) / callProcesses, fullMachine / machine));
  return expected > calls ? { callProcesses: callProcesses + 1, calls: expected } : undefined;
}

/** CPU seconds by name so far. Call processes and the engine are told apart from the worker that started them. */
function timesOf(roots: Readonly<Record<string, number>>): Map<string, number> {
  const times = new Map<string, number>();
  const add = (name: string, seconds: number) => times.set(name, (times.get(name) ?? 0) + seconds);
  for (const [name, root] of Object.entries(roots)) {
    if (name !== 'worker') add(name, cpuSeconds(root));
    else {
      let count = 0;
      for (const pid of treeOf(root)) {
        const command = commandOf(pid);
        if (command.includes('call-process-main')) add(`call process ${(count += 1)}`, cpuSecondsOf(pid));
        else add(command.includes('engine-process') ? 'the speech engine' : 'the worker', cpuSecondsOf(pid));
      }
    }
  }
  return times;
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

function machineTimes(): { busy: number; total: number } {
  let [busy, total] = [0, 0];
  for (const { times } of cpus()) {
    const all = times.user + times.nice + times.sys + times.idle + times.irq;
    total += all;
    busy += all - times.idle;
  }
  return { busy, total };
}

import type { WantedPipeline } from '../pipelines/index.ts';
import type { Fleet, FleetCall } from '../src/caller/fleet.ts';
import type { CallerReport } from '../src/caller/caller-report.ts';
import type { Cluster } from './systems/cluster.ts';
import type { Phones } from './systems/phones.ts';
import type { System } from '../src/load/system.ts';
import type { Behaviours, Doubles } from './doubles.ts';

export const systems = ['parley', 'baseline'] as const;
export type SystemName = (typeof systems)[number];

/** Flat figures, each name with its unit; null where nothing could be measured. */
export type Figures = Record<string, number | null>;

export type Bench = {
  /** Fewer repetitions. */
  quick: boolean;
  /** What is being measured. */
  system: SystemName;
  /** WebRTC's own ways there and back, milliseconds. */
  calibration: Figures;
  fleet: Fleet;
  /** An empty database of its own. */
  newDatabase(): Promise<string>;
  /** Starts providers, which are stopped when the scenario is over. */
  startDoubles(behaviours: Behaviours): Promise<Doubles>;
  /** Starts the system under test, which is stopped when the scenario is over. `reply` is what the model double says. */
  start(options: {
    calls: number;
    reply?: string;
    /** Lifts the load gate of the stock worker, so that its memory and latency can be compared at all. */
    admitAll?: boolean;
    /** `embedded` is measured with an agent that has a script. */
    pipeline?: WantedPipeline;
    /** Another agent than that of the bench. */
    acting?: { agentsDir: string; agent: string };
    /** Instead of hosted ones with the usual delays. */
    providers?: Behaviours;
    /** Of providers that were started before; none are then. */
    settings?: Record<string, string>;
    /** More settings of Parley; the stock worker has none. */
    parley?: Record<string, string>;
    /** The stock worker is to have the LAN's providers behind the hosted ones, as Parley has whenever both are configured. */
    withFallbacks?: boolean;
  }): Promise<System>;
  /** Starts Parley with a trunk and phones behind it. `calls`: how many at once; with 0 nobody dials. */
  startPhones(options: { calls: number; countStatements?: boolean }): Promise<Phones>;
  /** Starts Parley as it runs over several hosts. `callsPerWorker`: how many at once. */
  startCluster(options: { callsPerWorker: number }): Promise<Cluster>;
};

/** One measure: a file of this folder. */
export type Scenario = {
  name: string;
  /** Measured for the baseline too, where that means something. */
  compared: boolean;
  /** Takes most of an hour: run only when `--only` names it. */
  long?: true;
  run(bench: Bench): Promise<Figures>;
};

/** One call to the system; what goes wrong in it is in the report. Null: it could not even be placed. */
export async function placeCall(
  { fleet }: Bench,
  system: System,
  call: Omit<FleetCall, 'url' | 'token'>,
): Promise<CallerReport | null> {
  try {
    return await fleet.call({ ...(await system.openRoom()), ...call });
  } catch (error) {
    console.warn(`  A call could not be placed: ${(error as Error).message}`);
    return null;
  }
}

/** Several calls at once; those that could not be placed are left out. */
export async function placeCalls(
  bench: Bench,
  system: System,
  { calls, ...call }: Omit<FleetCall, 'url' | 'token'> & { calls: number },
): Promise<CallerReport[]> {
  const reports = await Promise.all(Array.from({ length: calls }, () => placeCall(bench, system, call)));
  return reports.filter((report) => report !== null);
}

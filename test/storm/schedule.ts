/** What a person of the storm does. Seconds count from the answer, or from the ringing where nobody answers. */
export type PlannedCall = {
  atSeconds: number;
  number: string;
} & (
  | { kind: 'web'; staysSeconds: number }
  | { kind: 'inbound'; staysSeconds: number }
  | { kind: 'outbound'; does: 'answer'; ringsSeconds: number; staysSeconds: number }
  | { kind: 'outbound'; does: 'busy' | 'ring_for_ever' }
);

/** Everything that is done to the system, with how often it is chosen and for how many seconds it lasts. */
export const faultKinds = {
  stall_call_process: { weight: 5, seconds: [1, 30] },
  kill_call_process: { weight: 3, seconds: [0, 0] },
  stall_worker: { weight: 3, seconds: [1, 30] },
  kill_worker: { weight: 2, seconds: [1, 5] },
  drain_worker: { weight: 1, seconds: [0, 0] },
  stall_serve: { weight: 1, seconds: [1, 20] },
  kill_serve: { weight: 2, seconds: [0, 3] },
  freeze_postgres: { weight: 3, seconds: [1, 30] },
  cut_postgres: { weight: 3, seconds: [1, 30] },
  restart_redis: { weight: 2, seconds: [1, 8] },
  restart_livekit: { weight: 1, seconds: [0, 4] },
  cut_livekit: { weight: 2, seconds: [1, 8] },
  sip_away: { weight: 2, seconds: [5, 15] },
} as const satisfies Record<string, { weight: number; seconds: readonly [number, number] }>;

export type FaultKind = keyof typeof faultKinds;
/** `target` chooses between the two serves, the two workers, or their call processes. */
export type PlannedFault = { atSeconds: number; kind: FaultKind; target: 0 | 1; seconds: number };

export type Schedule = { seed: number; faultsUntilSeconds: number; calls: PlannedCall[]; faults: PlannedFault[] };

export type Weather = {
  seed: number;
  /** How long faults and new calls go on, in seconds. */
  seconds: number;
  /** Between two calls, and between two faults, on average, in seconds. */
  callEverySeconds: number;
  faultEverySeconds: number;
};

/** The same seed and length give the same schedule, on every machine. */
export function scheduleOf({ seed, seconds, callEverySeconds, faultEverySeconds }: Weather): Schedule {
  const random = randomOf(seed);
  const between = (from: number, to: number) => Math.round((from + random() * (to - from)) * 10) / 10;
  const calls: PlannedCall[] = [];
  for (let at = 0; at < seconds; at += between(callEverySeconds * 0.4, callEverySeconds * 1.6))
    calls.push(callAt(Math.round(at * 10) / 10, calls.length, { random, between }));
  const kinds = Object.keys(faultKinds) as FaultKind[];
  const weights = kinds.map((kind) => faultKinds[kind].weight);
  const faults: PlannedFault[] = [];
  // Somebody should be talking when the first comes.
  for (let at = 8; at < seconds; at += between(faultEverySeconds * 0.4, faultEverySeconds * 1.6)) {
    const kind = kinds[chosen(weights, random())]!;
    const [from, to] = faultKinds[kind].seconds;
    const target = random() < 0.5 ? 0 : 1;
    faults.push({ atSeconds: Math.round(at * 10) / 10, kind, target, seconds: between(from, to) });
  }
  return { seed, faultsUntilSeconds: seconds, calls, faults };
}

function callAt(
  atSeconds: number,
  index: number,
  { random, between }: { random: () => number; between: (from: number, to: number) => number },
): PlannedCall {
  const call = { atSeconds, number: `+1415555${String(1000 + index)}` };
  const staysSeconds = between(15, 45);
  const kind = random();
  if (kind < 0.3) return { ...call, kind: 'web', staysSeconds };
  if (kind < 0.55) return { ...call, kind: 'inbound', staysSeconds };
  if (kind < 0.85) return { ...call, kind: 'outbound', does: 'answer', ringsSeconds: between(0.5, 6), staysSeconds };
  return { ...call, kind: 'outbound', does: kind < 0.93 ? 'busy' : 'ring_for_ever' };
}

function chosen(weights: readonly number[], random: number): number {
  let left = random * weights.reduce((sum, weight) => sum + weight, 0);
  return weights.findIndex((weight) => (left -= weight) < 0);
}

/** Mulberry32: numbers in [0, 1) that look random and follow from the seed. */
function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

import type { Turn, TurnEnding } from '../call.ts';
import { type LatencyField, latencyJson } from './latency-json.ts';

export type TurnJson = {
  index: number;
  role: Turn['role'];
  text: string;
  started_ms: number;
  ended_ms: number;
  interrupted: boolean;
  agent?: string;
  latency?: { [Field in LatencyField]?: number };
  ending?: EndingJson;
};

export type EndingJson = {
  by: TurnEnding['endedBy'];
  silence_ms: number;
  expected: TurnEnding['expected'];
  probability?: number;
  noise_floor_dbfs?: number;
  cut_off?: boolean;
  talked_on_ms?: number;
};

/** A turn under its public names. */
export function turnJson({
  index,
  role,
  text,
  startedMs,
  endedMs,
  interrupted,
  agent,
  latency,
  ending,
}: Turn): TurnJson {
  const json = { index, role, text, started_ms: startedMs, ended_ms: endedMs, interrupted };
  return {
    ...json,
    ...(agent !== undefined && { agent }),
    ...(latency && { latency: latencyJson<number>(latency) }),
    ...(ending && { ending: endingJson(ending) }),
  };
}

function endingJson(ending: TurnEnding): EndingJson {
  const { endedBy, silenceMs, expected, probability, noiseFloorDbfs, cutOff, talkedOnMs } = ending;
  return {
    by: endedBy,
    silence_ms: silenceMs,
    expected,
    ...(probability !== undefined && { probability: Math.round(probability * 1000) / 1000 }),
    ...(noiseFloorDbfs !== undefined && { noise_floor_dbfs: noiseFloorDbfs }),
    ...(cutOff !== undefined && { cut_off: cutOff }),
    ...(talkedOnMs !== undefined && { talked_on_ms: talkedOnMs }),
  };
}

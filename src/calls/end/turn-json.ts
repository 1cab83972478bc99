import type { Turn } from '../call.ts';
import { type LatencyField, latencyJson } from './latency-json.ts';

export type TurnJson = {
  index: number;
  role: Turn['role'];
  text: string;
  started_ms: number;
  ended_ms: number;
  interrupted: boolean;
  latency?: { [Field in LatencyField]?: number };
};

/** A turn under its public names. */
export function turnJson({ index, role, text, startedMs, endedMs, interrupted, latency }: Turn): TurnJson {
  const json = { index, role, text, started_ms: startedMs, ended_ms: endedMs, interrupted };
  return latency ? { ...json, latency: latencyJson<number>(latency) } : json;
}

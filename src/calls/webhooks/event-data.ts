import type { CallEventType, Turn, TurnLatency } from '../call.ts';
import { latencyJson } from '../end/latency-json.ts';
import { turnJson } from '../end/turn-json.ts';

type Data = Record<string, unknown>;

/** Events that keep something in the program's own terms. Everything else is written as it is told. */
const mappings: Partial<Record<CallEventType, (data: Data) => Data>> = {
  'turn.caller': (data) => turnJson(data as Turn),
  'turn.agent': (data) => turnJson(data as Turn),
  'turn.supervisor': (data) => turnJson(data as Turn),
  'turn.latency': ({ index, latency }) => ({ index, latency: latencyJson<number>(latency as TurnLatency) }),
  'tool.called': ({ atMs, ...rest }) => ({ ...rest, ...(atMs !== undefined && { at_ms: atMs }) }),
};

/** `data` of an event as everybody outside is told it: the API, its stream, webhooks and the page. Names are snake_case. */
export function eventData({ type, data }: { type: CallEventType; data: Data }): Data {
  const map = mappings[type];
  // Of an erased call nothing is left to be named.
  return map && Object.keys(data).length > 0 ? map(data) : data;
}

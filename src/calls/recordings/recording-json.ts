import type { Recording } from './recording-ports.ts';

export type RecordingJson = {
  recording_id: string;
  /** Path under the address of the API. */
  path: string;
  status: Recording['state'];
  started_ms: number;
  duration_ms: number | null;
  bytes: number | null;
};

/** A recording under its public names. */
export function recordingJson({ id, callId, state, startedMs, durationMs, bytes }: Recording): RecordingJson {
  return {
    recording_id: id,
    path: `/api/calls/${callId}/recording?recording_id=${id}`,
    status: state,
    started_ms: startedMs,
    duration_ms: durationMs,
    bytes,
  };
}

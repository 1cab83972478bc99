import { CallError } from '../errors.ts';
import { getCall } from '../get-call.ts';
import type { CallStore } from '../ports.ts';
import type { Recording, RecordingFiles, RecordingStore } from './recording-ports.ts';

/**
 * A recording of a call that can be heard, and its length in bytes; without an id the first.
 * @throws CallError `call_not_found`, `recording_not_found`, `recording_not_ready`, `recording_unavailable`
 */
export async function findRecording(
  which: { callId: string; tenantId: string; recordingId: string | undefined },
  deps: { calls: CallStore; recordings: Pick<RecordingStore, 'list'>; files: RecordingFiles },
): Promise<{ recording: Recording; bytes: number }> {
  const { callId, tenantId, recordingId } = which;
  await getCall(deps.calls, { id: callId, tenantId });
  const all = await deps.recordings.list(callId);
  const recording = recordingId === undefined ? all[0] : all.find(({ id }) => id === recordingId);
  if (!recording)
    throw new CallError(
      'recording_not_found',
      recordingId === undefined
        ? 'The call has no recording: its agent does not record, the caller did not agree, or it was erased.'
        : 'The call has no such recording. GET /api/calls/{id} lists them.',
    );
  if (recording.state !== 'kept')
    throw new CallError(
      'recording_not_ready',
      recording.state === 'recording'
        ? 'The call is still being recorded. Ask again after its end.'
        : 'The recording is on its way to the bucket. Ask again in some seconds.',
      { details: { retry_after_seconds: 5 } },
    );
  const bytes = await deps.files.size(recording);
  if (bytes === undefined)
    throw new CallError('recording_not_found', 'The file of the recording is not where it was kept.');
  return { recording, bytes };
}

import type { Call } from '../../calls/call.ts';
import type { RecordingSpool, RecordingStore } from '../../calls/recordings/recording-ports.ts';
import type { Log } from '../../telemetry/logger.ts';
import type { CallLog } from '../call/call-log.ts';
import type { CallMedia } from '../sound/call-media.ts';
import type { FrameListener } from '../sound/audio-input.ts';
import { CallRecorder } from './call-recorder.ts';

/** Where recordings go, and where they are written down. */
export type Recordings = { spool: RecordingSpool; store: Pick<RecordingStore, 'begin' | 'settle'> };

export type CallRecording = {
  /** Somebody speaks in the agent's place. */
  supervisorHeard: FrameListener;
  /** Keeps the caller's sound out of it until the function that it returns is called. */
  pause(): () => void;
  /** Resolves when the file is whole. */
  close(): Promise<void>;
};

/** Records both sides of a call from now on. */
export function recordCall({
  call,
  answeredAt,
  media,
  recordings,
  record,
  log,
}: {
  call: Pick<Call, 'id' | 'tenantId'>;
  answeredAt: Date;
  media: CallMedia;
  recordings: Recordings;
  record: Pick<CallLog, 'add' | 'change'>;
  log: Log;
}): CallRecording {
  const { spool, store } = recordings;
  const offsetMs = Date.now() - answeredAt.getTime() - performance.now();
  const nowMs = () => performance.now() + offsetMs;
  const recorder = new CallRecorder({
    call,
    spool,
    nowMs,
    news: {
      begun: (part) => {
        void record.change(() => store.begin(part));
        const { id, startedMs } = part;
        record.add({ events: [{ type: 'recording.started', data: { recording_id: id, started_ms: startedMs } }] });
      },
      finished: (part) => {
        void record.change(() => store.settle(part));
        const { id, startedMs, durationMs, bytes } = part;
        const data = { recording_id: id, started_ms: startedMs, duration_ms: durationMs, bytes };
        record.add({ events: [{ type: 'recording.ended', data }] });
      },
      failed: (reason) => record.add({ events: [{ type: 'recording.failed', data: { reason } }] }),
    },
    log,
  });
  const { caller, agent, supervisor } = recorder.timeline;
  let pauses = 0;
  const stops = [
    media.input.onFrame(({ data }, { first }) => {
      if (pauses > 0) return;
      if (first) caller.restart();
      caller.heard(data, nowMs());
    }),
    media.output.onSound({
      handed: ({ data }, queuedMs) => agent.handed(data, { nowMs: nowMs(), queuedMs }),
      takenBack: (ms) => agent.takenBack(ms),
    }),
  ];
  return {
    supervisorHeard: ({ data }, { first }) => {
      if (first) supervisor.restart();
      supervisor.heard(data, nowMs());
    },
    pause: () => {
      pauses += 1;
      record.add({ events: [{ type: 'recording.paused' }] });
      return () => {
        pauses -= 1;
        if (pauses === 0) caller.restart();
        record.add({ events: [{ type: 'recording.resumed' }] });
      };
    },
    close: async () => {
      await recorder.close();
      for (const stop of stops) stop();
    },
  };
}

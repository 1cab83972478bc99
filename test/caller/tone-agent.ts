import {
  AudioFrame,
  AudioSource,
  LocalAudioTrack,
  Room,
  TrackPublishOptions,
  TrackSource,
  type RemoteTrack,
  RoomEvent,
} from '@livekit/rtc-node';
import { AccessToken } from 'livekit-server-sdk';
import { openEar } from '../../src/caller/ear.ts';

const rateHz = 16000;
const frameSamples = rateHz / 100;

export type LiveKit = { url: string; apiKey: string; apiSecret: string };

export async function roomToken(
  { apiKey, apiSecret }: LiveKit,
  room: string,
  identity: string,
  kind: 'standard' | 'agent' = 'standard',
): Promise<string> {
  const token = new AccessToken(apiKey, apiSecret, { identity });
  token.kind = kind;
  token.addGrant({ roomJoin: true, room });
  return token.toJwt();
}

export function tone({ ms, hertz = 440, amplitude = 8000 }: { ms: number; hertz?: number; amplitude?: number }) {
  const pcm = new Int16Array((rateHz * ms) / 1000);
  for (let index = 0; index < pcm.length; index++)
    pcm[index] = Math.round(amplitude * Math.sin((2 * Math.PI * hertz * index) / rateHz));
  return pcm;
}

/**
 * An agent whose truth is known: it greets with a tone, answers a tone a fixed time after the caller's end, and stops a fixed
 * time after the caller's beginning. Its frames go straight to the encoder, so the moment it hands one over is the moment it is sent.
 */
export async function startToneAgent(
  livekit: LiveKit,
  options: {
    room: string;
    replyDelayMs?: number;
    replyMs?: number;
    greetingMs?: number;
    stopDelayMs?: number;
    pauseMs?: { afterMs: number; lengthMs: number };
  },
) {
  const { replyDelayMs = 300, replyMs = 600, greetingMs = 500, stopDelayMs = 100 } = options;
  const room = new Room();
  const source = new AudioSource(rateHz, 1, 0);
  /** When the first sample of each tone was sent, and when the last one was; monotonic ms. */
  const sent: { startMs: number; endMs: number | null }[] = [];
  /** What the agent heard of the caller. */
  const ears: ReturnType<typeof openEar>[] = [];
  let queue = new Int16Array();
  let position = 0;
  let dueMs = performance.now();
  let timer = setTimeout(tick, 0);

  function tick(): void {
    while (dueMs <= performance.now()) {
      const frame = new Int16Array(frameSamples);
      frame.set(queue.subarray(position, position + frameSamples));
      position += frameSamples;
      const audible = frame.some((sample) => Math.abs(sample) > 200);
      const last = sent.at(-1);
      if (audible && (!last || last.endMs !== null)) sent.push({ startMs: performance.now(), endMs: null });
      if (!audible && last?.endMs === null) last.endMs = performance.now();
      source.captureFrame(new AudioFrame(frame, rateHz, 1, frameSamples)).catch(() => undefined);
      dueMs += 10;
    }
    hear();
    timer = setTimeout(tick, Math.max(1, dueMs - performance.now()));
  }

  function play(pcm: Int16Array<ArrayBuffer>): void {
    queue = pcm;
    position = 0;
  }

  let answered = 0;
  function hear(): void {
    const segments = ears.flatMap((ear) => ear.segments);
    const now = performance.now();
    const current = segments.at(-1);
    if (!current) return;
    if (current.endMs === null && now - current.startMs >= stopDelayMs && position < queue.length)
      play(new Int16Array());
    if (current.endMs !== null && segments.length > answered && now - current.endMs >= replyDelayMs) {
      answered = segments.length;
      play(reply());
    }
  }

  function reply(): Int16Array<ArrayBuffer> {
    const pcm = tone({ ms: replyMs });
    const { afterMs, lengthMs } = options.pauseMs ?? { afterMs: 0, lengthMs: 0 };
    pcm.fill(0, (afterMs * rateHz) / 1000, ((afterMs + lengthMs) * rateHz) / 1000);
    return pcm;
  }

  room.on(RoomEvent.TrackSubscribed, (track: RemoteTrack) => {
    ears.push(openEar(track, {}));
    if (greetingMs > 0 && ears.length === 1) setTimeout(() => play(tone({ ms: greetingMs })), 200);
  });
  await room.connect(livekit.url, await roomToken(livekit, options.room, 'tone-agent', 'agent'), {
    autoSubscribe: true,
    dynacast: false,
  });
  const publish = new TrackPublishOptions();
  publish.source = TrackSource.SOURCE_MICROPHONE;
  await room.localParticipant?.publishTrack(LocalAudioTrack.createAudioTrack('voice', source), publish);

  return {
    sent,
    heard: () => ears.flatMap((ear) => ear.segments),
    async close() {
      clearTimeout(timer);
      await Promise.all(ears.map((ear) => ear.close()));
      await room.disconnect();
      await source.close();
    },
  };
}

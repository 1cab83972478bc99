import {
  AudioSource,
  DisconnectReason,
  LocalAudioTrack,
  ParticipantKind,
  type RemoteParticipant,
  type RemoteTrack,
  Room,
  RoomEvent,
  TrackKind,
  TrackPublishOptions,
  TrackSource,
} from '@livekit/rtc-node';
import { type Ear, openEar } from './ear.ts';
import { callerRateHz, createMicrophone, type Microphone } from './microphone.ts';
import type { Recording } from './recording.ts';
import type { SpeechDetectorOptions, SpeechSegment } from './speech-detector.ts';

/** Who ended the call: `agent` left the room; `server` put the caller out or lost it (`reason` says which). */
export type LineEnd = { by: 'agent' | 'server'; reason: string; atMs: number };

export type Line = {
  microphone: Microphone;
  /** When the room had been joined and the microphone published, monotonic ms. */
  joinedMs: number;
  /** What the agent's tracks were heard to say, in order of time. */
  agentSegments(): SpeechSegment[];
  /** When the first audio track of an agent could be heard; null before. */
  agentTrackMs(): number | null;
  close(): Promise<void>;
};

export type LineOptions = {
  /** WebSocket address of livekit-server. */
  url: string;
  /** Room token of the caller; its kind may be SIP. */
  token: string;
  /** Who is listened to. @default participants of kind AGENT */
  isAgent?: ((participant: RemoteParticipant) => boolean) | undefined;
  recording?: Recording | undefined;
  detection?: SpeechDetectorOptions | undefined;
  onEnd: (end: LineEnd) => void;
  onError: (error: Error) => void;
};

/** Joins a room as a caller: publishes a microphone, listens to the agent. */
export async function openLine(options: LineOptions): Promise<Line> {
  const isAgent = options.isAgent ?? ((participant) => participant.info?.kind === ParticipantKind.AGENT);
  const room = new Room();
  const ears = new Map<string, Ear>();
  const heard: Ear[] = [];
  let agentTrackMs: number | null = null;
  let closed = false;

  const onSubscribed = (track: RemoteTrack, _publication: unknown, participant: RemoteParticipant) => {
    if (track.kind !== TrackKind.KIND_AUDIO || !isAgent(participant) || !track.sid) return;
    agentTrackMs ??= performance.now();
    const ear = openEar(track, { ...options.detection, recording: options.recording });
    ears.set(track.sid, ear);
    heard.push(ear);
  };
  const onUnsubscribed = (track: RemoteTrack) => {
    const ear = track.sid === undefined ? undefined : ears.get(track.sid);
    if (!ear || track.sid === undefined) return;
    ears.delete(track.sid);
    ear.close().catch(options.onError);
  };
  const onParticipantLeft = (participant: RemoteParticipant) => {
    if (closed || !isAgent(participant) || [...room.remoteParticipants.values()].some(isAgent)) return;
    options.onEnd({ by: 'agent', reason: 'the agent left the room', atMs: performance.now() });
  };
  const onDisconnected = (reason: DisconnectReason) => {
    if (closed) return;
    options.onEnd({ by: 'server', reason: DisconnectReason[reason] ?? String(reason), atMs: performance.now() });
  };
  room
    .on(RoomEvent.TrackSubscribed, onSubscribed)
    .on(RoomEvent.TrackUnsubscribed, onUnsubscribed)
    .on(RoomEvent.ParticipantDisconnected, onParticipantLeft)
    .on(RoomEvent.Disconnected, onDisconnected);

  const source = new AudioSource(callerRateHz, 1, 200);
  let microphone: Microphone | undefined;

  async function close(): Promise<void> {
    if (closed) return;
    closed = true;
    microphone?.close();
    await Promise.all([...ears.values()].map((ear) => ear.close()));
    ears.clear();
    // A room that was never joined, or that the server has already closed, has no native side left to disconnect.
    await room.disconnect().catch(() => undefined);
    room.removeAllListeners();
    await source.close();
  }

  try {
    await room.connect(options.url, options.token, { autoSubscribe: true, dynacast: false });
    const publish = new TrackPublishOptions();
    publish.source = TrackSource.SOURCE_MICROPHONE;
    const track = LocalAudioTrack.createAudioTrack('microphone', source);
    await room.localParticipant?.publishTrack(track, publish);
  } catch (error) {
    await close();
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `The caller could not join the room at ${options.url}: ${why}. Is livekit-server running, and the token fresh?`,
      { cause: error },
    );
  }
  microphone = createMicrophone({ source, recording: options.recording, onError: options.onError });
  return {
    microphone,
    joinedMs: performance.now(),
    agentSegments: () => heard.flatMap((ear) => ear.segments).toSorted((a, b) => a.startMs - b.startMs),
    agentTrackMs: () => agentTrackMs,
    close,
  };
}

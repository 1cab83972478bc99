import {
  AudioFrame,
  AudioSource,
  AudioStream,
  LocalAudioTrack,
  Room,
  RoomEvent,
  TrackKind,
  TrackPublishOptions,
  TrackSource,
} from '@livekit/rtc-node';
import { AccessToken } from 'livekit-server-sdk';

/** What the person or machine at the dialled number does. Milliseconds count from the INVITE, or from the answer. */
export type PhoneBehaviour =
  | {
      does: 'answer';
      afterMs: number;
      /** False: a number that sends no 180 and goes straight to the answer. */
      rings?: boolean;
      /** Hangs up this long after the answer. */
      hangUpAfterMs?: number;
      /** No sound of it comes any more, or livekit-sip dies: the leg leaves so long after the answer, and is still `active`. */
      lostAfterMs?: number;
      /** What the API says while it rings on, so long after the INVITE, as when livekit-server or Redis is restarted. */
      wordLost?: WordLost;
      /** Sound it makes once answered, mono 16-bit 48 kHz; silence when absent. */
      plays?: Int16Array;
    }
  | {
      does: 'voicemail';
      afterMs: number;
      /** What the machine says, mono 16-bit 48 kHz. */
      greeting: Int16Array;
      /** Then its beep, in Hz; null: it records without one. */
      beepHz: number | null;
      /** It hangs up when it has recorded for so long. */
      recordsMs: number;
    }
  | { does: 'refuse'; afterMs: number; sipStatus: number; sipText: string }
  | { does: 'ring_for_ever'; wordLost?: WordLost }
  /** livekit-sip dies while it rings: the leg leaves as `ringing`, and nobody says why. */
  | { does: 'vanish'; afterMs: number }
  /** No INVITE is sent. */
  | { does: 'not_dialled'; why: keyof typeof notDialled }
  | { does: 'nothing_listens' };

/** `cut`: the connection, without an answer. */
type WordLost = { afterMs: number; says: 'cut' | 'canceled' | 'deadline_exceeded' };

/** What the API says of a phone that was never called, as measured, and whether a leg joined the room before. */
export const notDialled = {
  overloaded: { status: 500, code: 'unknown', msg: 'cpu exhausted', joins: false },
  no_sip_service: { status: 503, code: 'unavailable', msg: 'no response from servers', joins: false },
  unknown_host: { status: 400, code: 'invalid_argument', msg: 'lookup carrier.invalid: no such host', joins: true },
} as const;

/** Where LiveKit is, for a leg that joins as livekit-sip would. */
export type LivekitAddress = { url: string; apiKey: string; apiSecret: string };

export const phoneRateHz = 48_000;
const frameSamples = 960;

/**
 * One SIP leg as livekit-sip shows it in a room: a participant of kind SIP that joins at once with `sip.callStatus=dialing`,
 * publishes its audio before the answer, subscribes only after it, and writes its state on its attributes.
 */
export class SipPhone {
  readonly room = new Room();
  readonly identity: string;
  /** When the leg became active, and when it hung up or was lost, on the monotonic clock. */
  answeredAtMs: number | undefined;
  leftAtMs: number | undefined;
  /** When the first loud sample of the agent arrived, and all that it said (mono 48 kHz). */
  heardAtMs: number | undefined;
  readonly heard: Int16Array[] = [];
  /** Resolves when the last sample of what it plays is sent, with that moment of the monotonic clock. */
  readonly played: Promise<number>;
  #donePlaying: (atMs: number) => void = () => undefined;
  /** Resolves when the leg has left, by itself or removed. */
  readonly left: Promise<void>;
  #source = new AudioSource(phoneRateHz, 1, 200);
  #playing: AbortController = new AbortController();
  #leave: () => void = () => undefined;

  constructor(identity: string) {
    this.identity = identity;
    this.left = new Promise((resolve) => (this.#leave = resolve));
    this.played = new Promise((resolve) => (this.#donePlaying = resolve));
  }

  async join(livekit: LivekitAddress, roomName: string, attributes: Record<string, string>): Promise<void> {
    const token = new AccessToken(livekit.apiKey, livekit.apiSecret, { identity: this.identity, attributes });
    token.kind = 'sip';
    token.addGrant({ roomJoin: true, room: roomName, canUpdateOwnMetadata: true });
    this.room.on(RoomEvent.Disconnected, () => {
      this.#playing.abort();
      this.#leave();
    });
    await this.room.connect(livekit.url, await token.toJwt(), { autoSubscribe: false, dynacast: false });
    const track = LocalAudioTrack.createAudioTrack('phone', this.#source);
    const options = new TrackPublishOptions();
    options.source = TrackSource.SOURCE_MICROPHONE;
    await this.room.localParticipant?.publishTrack(track, options);
    void this.#send();
  }

  async setStatus(status: string, more: Record<string, string> = {}): Promise<void> {
    await this.room.localParticipant?.setAttributes({ ...more, 'sip.callStatus': status });
  }

  /** 200 OK: media is open both ways, and the leg is active a millisecond after its ids are there. */
  async answer(plays?: Int16Array): Promise<void> {
    this.#listen();
    await this.setStatus('active', { 'sip.callIDFull': `${this.identity}@phone`, 'sip.callTag': 'tag' });
    this.answeredAtMs = performance.now();
    if (plays) this.#queue.push(plays);
  }

  async hangUp(): Promise<void> {
    this.leftAtMs ??= performance.now();
    await this.setStatus('hangup').catch(() => undefined);
    await this.leave();
  }

  /** Without a `hangup` before it, the leg leaves as one whose sound was lost. */
  async leave(): Promise<void> {
    this.leftAtMs ??= performance.now();
    this.#playing.abort();
    await this.room.disconnect().catch(() => undefined);
    this.#leave();
  }

  /** What it heard since this moment of the monotonic clock, mono 48 kHz. */
  heardSince(atMs: number): Int16Array {
    const frames = this.heard.filter((_, index) => (this.#arrivedMs[index] ?? 0) >= atMs);
    const all = new Int16Array(frames.reduce((sum, frame) => sum + frame.length, 0));
    let at = 0;
    for (const frame of frames) {
      all.set(frame, at);
      at += frame.length;
    }
    return all;
  }

  readonly #arrivedMs: number[] = [];
  #queue: Int16Array[] = [];

  /** A phone always sends audio: what it plays, and silence between. */
  async #send(): Promise<void> {
    let playing: Int16Array = new Int16Array(0);
    while (!this.#playing.signal.aborted) {
      if (playing.length === 0) playing = this.#queue.shift() ?? playing;
      const samples = new Int16Array(frameSamples);
      samples.set(playing.subarray(0, frameSamples));
      const last = playing.length > 0 && playing.length <= frameSamples;
      playing = playing.subarray(frameSamples);
      try {
        await this.#source.captureFrame(new AudioFrame(samples, phoneRateHz, 1, frameSamples));
        if (last) this.#donePlaying(performance.now() + this.#source.queuedDuration);
      } catch {
        return;
      }
    }
    await this.#source.close();
  }

  #listen(): void {
    const follow = (track: ConstructorParameters<typeof AudioStream>[0]) => void this.#hear(track);
    this.room.on(RoomEvent.TrackSubscribed, (track) => track.kind === TrackKind.KIND_AUDIO && follow(track));
    this.room.on(RoomEvent.TrackPublished, (publication) => publication.setSubscribed(true));
    for (const participant of this.room.remoteParticipants.values())
      for (const publication of participant.trackPublications.values()) publication.setSubscribed(true);
  }

  async #hear(track: ConstructorParameters<typeof AudioStream>[0]): Promise<void> {
    for await (const frame of new AudioStream(track, phoneRateHz, 1)) {
      if (this.heardAtMs === undefined && frame.data.some((sample) => Math.abs(sample) > 300))
        this.heardAtMs = performance.now();
      this.heard.push(Int16Array.from(frame.data));
      this.#arrivedMs.push(performance.now());
    }
  }
}

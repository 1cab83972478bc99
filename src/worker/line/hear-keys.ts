import { type RemoteParticipant, type Room, RoomEvent } from '@livekit/rtc-node';

/** Keys that follow each other within this time belong together. */
const interDigitMs = 2_000;
/** Ends what is typed at once, as on every phone menu. */
const terminator = '#';
const mostKeys = 64;

/** What somebody typed on their phone in one go. */
export type KeysHeard = {
  /** 0–9, *, #, A–D, in the order in which they were pressed. */
  digits: string;
  /** From the first key to each one that follows, milliseconds. */
  afterMs: number[];
  /** When the first one was pressed. */
  at: Date;
};

/**
 * Hears the keys (DTMF of RFC 4733) that one participant presses. What is typed in one go is told in one go: after `#`, or when two
 * seconds have passed without a key.
 */
export function hearKeys({
  room,
  identity,
  onKeys,
  takes = () => false,
}: {
  room: Room;
  identity: string;
  onKeys: (keys: KeysHeard) => void;
  /** Asked of each key: one that it takes for itself is told to nobody else. */
  takes?: (key: string) => boolean;
}): () => void {
  let typed: { digits: string; times: number[]; at: Date } | undefined;
  let timer: NodeJS.Timeout | undefined;
  const finish = () => {
    clearTimeout(timer);
    const keys = typed;
    typed = undefined;
    const [first] = keys?.times ?? [];
    if (!keys || first === undefined) return;
    onKeys({ digits: keys.digits, afterMs: keys.times.slice(1).map((atMs) => Math.round(atMs - first)), at: keys.at });
  };
  const onKey = (_code: number, digit: string, participant: RemoteParticipant) => {
    if (participant.identity !== identity || !/^[0-9*#A-D]$/.test(digit)) return;
    if (takes(digit)) return;
    typed ??= { digits: '', times: [], at: new Date() };
    typed.digits += digit;
    typed.times.push(performance.now());
    clearTimeout(timer);
    if (digit === terminator || typed.digits.length >= mostKeys) finish();
    else timer = setTimeout(finish, interDigitMs);
  };
  room.on(RoomEvent.DtmfReceived, onKey);
  return () => {
    clearTimeout(timer);
    room.off(RoomEvent.DtmfReceived, onKey);
  };
}

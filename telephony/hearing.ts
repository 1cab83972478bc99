import type { RoomServiceClient } from 'livekit-server-sdk';

/** Who hears whom, by the tracks of the room: what each of two phones is subscribed to, and what it is not. */
export type Hearing = { identity: string; hears: readonly string[]; hearsNot: readonly string[] };

/** `apart`: neither phone hears the other; `together`: they do; `alone`: one is left, and hears the agent again. */
export type HearingStage = 'apart' | 'together' | 'alone';

export type KeptHearing = {
  /** From now on this is wanted. Resolves once it holds. @throws Error when it does not within ten seconds */
  want(stage: HearingStage): Promise<void>;
  stop(): void;
};

const everyMs = 200;
const longestMs = 10_000;

/**
 * Keeps who hears whom as it is wanted until stopped: what cannot be set now is set later, and tracks that come anew are counted in.
 * One change is under way at a time, so that none overtakes the one before it. Begins with `apart`.
 */
export function keepHearing(
  { rooms, room }: { rooms: Pick<RoomServiceClient, 'updateSubscriptions'>; room: string },
  hearing: (stage: HearingStage) => Hearing[],
): KeptHearing {
  let stage: HearingStage = 'apart';
  let stopped = false;
  let wake = () => {};
  let reached = Promise.withResolvers<void>();

  const set = async (wanted: readonly Hearing[]) => {
    const change = async (identity: string, tracks: readonly string[], subscribe: boolean) => {
      if (tracks.length > 0) await rooms.updateSubscriptions(room, identity, [...tracks], subscribe);
    };
    const changes = wanted.flatMap(({ identity, hears, hearsNot }) => [
      change(identity, hearsNot, false),
      change(identity, hears, true),
    ]);
    // All are over before the next begin, also when one failed.
    const failed = (await Promise.allSettled(changes)).some(({ status }) => status === 'rejected');
    return !failed;
  };

  const keep = async () => {
    for (let held = ''; !stopped;) {
      const asked = stage;
      const wanted = hearing(asked);
      const text = JSON.stringify(wanted);
      // livekit-sip subscribes a phone that is being called to whatever is published, whatever was set before.
      if (asked === 'apart' || text !== held) held = (await set(wanted)) ? text : '';
      const isWhole = asked !== 'together' || (wanted.length === 2 && wanted.every(({ hears }) => hears.length > 0));
      if (held && isWhole && asked === stage) reached.resolve();
      if (asked !== stage) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, everyMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  void keep();

  return {
    want: async (wanted) => {
      if (wanted !== stage) {
        stage = wanted;
        reached = Promise.withResolvers();
        wake();
      }
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        const error = new Error('livekit-server did not set who hears whom.');
        timer = setTimeout(() => reject(error), longestMs);
      });
      await Promise.race([reached.promise, late]).finally(() => clearTimeout(timer));
    },
    stop: () => {
      stopped = true;
      wake();
    },
  };
}

import type { Call } from '../../calls/call.ts';
import { leaseSeconds } from '../../calls/lease.ts';
import type { CallStore, Lease } from '../../calls/ports.ts';
import type { Log } from '../../telemetry/logger.ts';
import { Ownership } from './ownership.ts';

type Store = Pick<CallStore, 'takeLease' | 'renewLeases'>;

const renewEveryMs = 3_000;
/** While a database is slow the next renewal does not wait for the answer to the one before. */
const mostUnderWay = 3;

/** The calls of a process, each owned by one of its sessions; one statement renews them all, at a steady beat. */
export class Leases {
  readonly #store: Store;
  readonly #log: Log;
  readonly #owned = new Set<Ownership>();
  #timer: NodeJS.Timeout | undefined;
  #underWay = 0;

  constructor({ store, log }: { store: Store; log: Log }) {
    this.#store = store;
    this.#log = log;
  }

  /**
   * Takes a call for one session. Null: it is over, or somebody else has it.
   * @param owner Of this session alone, never used before
   */
  async take(request: {
    callId: string;
    tenantId: string | undefined;
    owner: string;
  }): Promise<{ call: Call; ownership: Ownership; talkedSeconds: number } | null> {
    const askedMs = performance.now();
    const taken = await this.#store.takeLease({ ...request, seconds: leaseSeconds });
    if (!taken) return null;
    const lease: Lease = { callId: request.callId, epoch: taken.epoch };
    const ownership = new Ownership(lease, {
      askedMs,
      renew: () => this.#renew([ownership]),
      release: async () => {
        this.#owned.delete(ownership);
        return (await this.#store.renewLeases([lease], 0)).length > 0;
      },
      forget: () => void this.#owned.delete(ownership),
    });
    this.#owned.add(ownership);
    this.#timer ??= setInterval(() => void this.#renewAll(), renewEveryMs);
    return { call: taken.call, ownership, talkedSeconds: taken.talkedSeconds };
  }

  close(): void {
    this.#owned.clear();
    this.#rest();
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #renewAll(): Promise<void> {
    if (this.#owned.size === 0) return this.#rest();
    if (this.#underWay >= mostUnderWay) return;
    this.#underWay += 1;
    try {
      await this.#renew([...this.#owned]);
    } catch (error) {
      this.#log('warn', 'the leases of the calls could not be renewed; they are tried again', { error });
    } finally {
      this.#underWay -= 1;
    }
  }

  async #renew(owned: readonly Ownership[]): Promise<void> {
    if (owned.length === 0) return;
    const askedMs = performance.now();
    const held = new Set(
      await this.#store.renewLeases(
        owned.map(({ lease }) => lease),
        leaseSeconds,
      ),
    );
    for (const ownership of owned) {
      if (held.has(ownership.lease.callId)) ownership.renewed(askedMs);
      else if (this.#owned.has(ownership)) {
        this.#log('warn', 'another session has taken the call over', { callId: ownership.lease.callId });
        ownership.lose();
      }
    }
  }
}

/** Who wants to send, and where to. */
export type Sender = { tenantId: string; endpointId: string };

/** A place that has to be left again, or in how many seconds to ask for one again. */
export type Place = { leave(): void } | { returnInSeconds: number };

type Waiting = Sender & { settle: (place: Place) => void; timer: NodeJS.Timeout };

const defaults = {
  /** Deliveries of one tenant, and to one endpoint, under way in this process. */
  perTenant: 32,
  perEndpoint: 8,
  /** Of one tenant, so many wait here for a place, so long. */
  waitingPerTenant: 64,
  waitMs: 1_000,
  /** Those that found no place come back at most so often, for each tenant. */
  returnsPerSecond: 50,
};

/**
 * Keeps receivers that hang from delaying others: a tenant, and each of its endpoints, has a share of the deliveries under way.
 * Who finds no place waits for a moment, in order, and then comes back later, so that a long line costs nobody else anything.
 */
export class FairShare {
  readonly #limits: typeof defaults;
  readonly #tenants = new Map<string, number>();
  readonly #endpoints = new Map<string, number>();
  readonly #waiting = new Map<string, Waiting[]>();
  readonly #returns = new Map<string, number>();

  constructor(limits: Partial<typeof defaults> = {}) {
    this.#limits = { ...defaults, ...limits };
  }

  enter(sender: Sender): Promise<Place> {
    if (this.#hasRoom(sender)) return Promise.resolve(this.#take(sender));
    const line = this.#waiting.get(sender.tenantId) ?? [];
    if (line.length >= this.#limits.waitingPerTenant) return Promise.resolve(this.#later(sender));
    this.#waiting.set(sender.tenantId, line);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#withdraw(waiting);
        resolve(this.#later(sender));
      }, this.#limits.waitMs);
      const waiting: Waiting = { ...sender, settle: resolve, timer };
      line.push(waiting);
    });
  }

  #hasRoom({ tenantId, endpointId }: Sender): boolean {
    const { perTenant, perEndpoint } = this.#limits;
    return (this.#tenants.get(tenantId) ?? 0) < perTenant && (this.#endpoints.get(endpointId) ?? 0) < perEndpoint;
  }

  #take({ tenantId, endpointId }: Sender): Place {
    change(this.#tenants, tenantId, 1);
    change(this.#endpoints, endpointId, 1);
    return {
      leave: () => {
        change(this.#tenants, tenantId, -1);
        change(this.#endpoints, endpointId, -1);
        const next = this.#waiting.get(tenantId)?.find((waiting) => this.#hasRoom(waiting));
        if (!next) return;
        this.#withdraw(next);
        next.settle(this.#take(next));
      },
    };
  }

  #withdraw(waiting: Waiting): void {
    clearTimeout(waiting.timer);
    const line = this.#waiting.get(waiting.tenantId)!.filter((each) => each !== waiting);
    if (line.length > 0) this.#waiting.set(waiting.tenantId, line);
    else this.#waiting.delete(waiting.tenantId);
  }

  #later({ tenantId }: Sender): Place {
    const { waitMs, returnsPerSecond } = this.#limits;
    const nowMs = performance.now();
    const atMs = Math.max(nowMs + waitMs, (this.#returns.get(tenantId) ?? 0) + 1000 / returnsPerSecond);
    for (const [tenant, last] of this.#returns) if (last < nowMs) this.#returns.delete(tenant);
    this.#returns.set(tenantId, atMs);
    return { returnInSeconds: (atMs - nowMs) / 1000 };
  }
}

function change(counts: Map<string, number>, key: string, by: number): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count > 0) counts.set(key, count);
  else counts.delete(key);
}

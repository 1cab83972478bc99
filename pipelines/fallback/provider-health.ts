import type { ProviderName } from '../contract.ts';
import type { ProviderError } from '../errors.ts';

/** `closed`: in use. `open`: left alone until `retryAt`. */
export type CircuitState = { state: 'closed' | 'open'; retryAt: number; code?: string };

/**
 * What the calls of a host know about providers, so that the second call does not wait for an outage the first one met. A
 * failure opens the circuit; after a pause that doubles each time, a free `check` decides whether it closes. The process
 * that met the failure does the asking; the others of the host adopt what it finds.
 */
export type ProviderHealth = {
  /** Whether a call should use it now. */
  isUsable(provider: ProviderName): boolean;
  succeeded(provider: ProviderName): void;
  /** `probe` asks the provider, at no cost, whether it serves again. */
  failed(provider: ProviderName, error: ProviderError, probe: () => Promise<boolean>): void;
  /** Adopts what another process of this host learned, and tells nobody. One that is asked here already is not left to it. */
  adopt(provider: ProviderName, circuit: CircuitState): void;
  snapshot(): Readonly<Record<string, CircuitState>>;
  /** Told of what is learned here, not of what is adopted. Returns the unsubscribe function. */
  onChange(listener: (provider: ProviderName, circuit: CircuitState) => void): () => void;
  /** Clears its timers. */
  close(): void;
};

/** `adopted`: another process asks the provider, and tells. */
type Circuit = CircuitState & { failures: number; adopted: boolean; timer?: NodeJS.Timeout };

/** How long after its time the answer of another process is waited for; then that process must have died. */
const adoptedGraceMs = 10_000;

/** Pauses in milliseconds: the first after a failure that may pass, the first after one that needs the operator, the longest. */
export function createProviderHealth({
  pauseMs = 5_000,
  operatorPauseMs = 60_000,
  longestPauseMs = 300_000,
}: { pauseMs?: number; operatorPauseMs?: number; longestPauseMs?: number } = {}): ProviderHealth {
  const circuits = new Map<ProviderName, Circuit>();
  const listeners = new Set<(provider: ProviderName, circuit: CircuitState) => void>();
  let closed = false;

  const announce = (provider: ProviderName, { state, retryAt, code }: Circuit) => {
    for (const listener of listeners) listener(provider, { state, retryAt, ...(code && { code }) });
  };
  const shut = (provider: ProviderName, circuit: Circuit) => {
    clearTimeout(circuit.timer);
    if (circuit.state === 'closed') return;
    circuit.state = 'closed';
    delete circuit.code;
    announce(provider, circuit);
  };
  const open = (provider: ProviderName, circuit: Circuit, firstPauseMs: number, probe: () => Promise<boolean>) => {
    const delayMs = Math.min(longestPauseMs, firstPauseMs * 2 ** circuit.failures);
    circuit.failures += 1;
    circuit.state = 'open';
    circuit.retryAt = Date.now() + delayMs;
    clearTimeout(circuit.timer);
    circuit.timer = setTimeout(() => {
      void probe()
        .catch(() => false)
        .then((serves) => {
          if (closed || circuit.state === 'closed') return;
          if (serves) shut(provider, circuit);
          else open(provider, circuit, firstPauseMs, probe);
        });
    }, delayMs);
    circuit.timer.unref();
    announce(provider, circuit);
  };
  const circuitOf = (provider: ProviderName): Circuit => {
    const known = circuits.get(provider) ?? { state: 'closed', retryAt: 0, failures: 0, adopted: false };
    circuits.set(provider, known);
    return known;
  };

  return {
    isUsable: (provider) => circuits.get(provider)?.state !== 'open',
    succeeded(provider) {
      const circuit = circuits.get(provider);
      if (!circuit) return;
      circuit.failures = 0;
      shut(provider, circuit);
    },
    failed(provider, error, probe) {
      const circuit = circuitOf(provider);
      if (closed || circuit.state === 'open') return;
      circuit.code = error.code;
      circuit.adopted = false;
      const askedMs = (error.retryAfterSeconds ?? 0) * 1000;
      open(provider, circuit, Math.max(askedMs, error.retryable ? pauseMs : operatorPauseMs), probe);
    },
    adopt(provider, { state, retryAt, code }) {
      const circuit = circuitOf(provider);
      if (closed || (state === 'open' && circuit.state === 'open' && !circuit.adopted)) return;
      clearTimeout(circuit.timer);
      const forget = () => {
        circuit.state = 'closed';
        delete circuit.code;
      };
      if (state === 'closed') return forget();
      Object.assign(circuit, { state, retryAt, adopted: true }, code && { code });
      // The clock may have jumped since.
      const leftMs = Math.min(Math.max(0, retryAt - Date.now()), longestPauseMs);
      circuit.timer = setTimeout(forget, leftMs + adoptedGraceMs);
      circuit.timer.unref();
    },
    snapshot: () =>
      Object.fromEntries(
        [...circuits].map(([provider, { state, retryAt, code }]) => [
          provider,
          { state, retryAt, ...(code && { code }) },
        ]),
      ),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      closed = true;
      for (const circuit of circuits.values()) clearTimeout(circuit.timer);
      listeners.clear();
    },
  };
}

import type { ProviderUsage } from '../../pipelines/index.ts';
import type { CostLine } from '../calls/call.ts';

/** What one use cost; `priceUsage` of the pipelines with the operator's prices. */
export type PriceOf = (usage: ProviderUsage) => { usd: string; source: CostLine['source'] };

/** Twelve decimals, as prices have; whole numbers add up exactly. */
const decimals = 12;

/** Adds up what a call costs, one line per model and unit, so that an hour of talk is not a thousand rows. */
export class CostMeter {
  readonly #priceOf: PriceOf;
  #lines = new Map<string, { line: CostLine; usd: bigint }>();
  #total = 0n;

  constructor(priceOf: PriceOf) {
    this.#priceOf = priceOf;
  }

  add(usage: ProviderUsage): void {
    const { usd, source } = this.#priceOf(usage);
    const { role: component, provider, model, unit, quantity } = usage;
    const key = [component, provider, model, unit, source].join('|');
    const entry = this.#lines.get(key) ?? {
      line: { component, provider, model, unit, quantity: 0, usd: '0', source },
      usd: 0n,
    };
    entry.line.quantity += quantity;
    entry.usd += exact(usd);
    this.#total += exact(usd);
    this.#lines.set(key, entry);
  }

  /** USD so far, for limits; near enough as a number. */
  get totalUsd(): number {
    return Number(this.#total) / 10 ** decimals;
  }

  get totalText(): string {
    return text(this.#total);
  }

  /** The lines since they were last taken. */
  take(): CostLine[] {
    const lines = [...this.#lines.values()].map(({ line, usd }) => ({ ...line, usd: text(usd) }));
    this.#lines = new Map();
    return lines;
  }
}

function exact(usd: string): bigint {
  const [whole = '0', fraction = ''] = usd.split('.');
  return BigInt(whole + fraction.padEnd(decimals, '0').slice(0, decimals));
}

function text(usd: bigint): string {
  const digits = usd.toString().padStart(decimals + 1, '0');
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`.replace(/\.?0+$/, '');
}

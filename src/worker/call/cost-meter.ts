import type { ProviderUsage } from '../../../pipelines/index.ts';
import type { CostLine } from '../../calls/call.ts';
import type { Price } from '../../telemetry/usage-attributes.ts';
import { usdText, usdUnits } from '../../calls/usd.ts';

/** What one use cost; `priceUsage` of the pipelines with the operator's prices. */
export type PriceOf = (usage: ProviderUsage) => Price;

/** Adds up what a call costs, one line per model and unit, so that an hour of talk is not a thousand rows. */
export class CostMeter {
  readonly #priceOf: PriceOf;
  #lines = new Map<string, { line: CostLine; usd: bigint }>();
  #total: bigint;

  /** @param earlierUsd What the call cost before, exact decimal text; it counts for the limit and the total */
  constructor(priceOf: PriceOf, { earlierUsd = '0' }: { earlierUsd?: string } = {}) {
    this.#priceOf = priceOf;
    this.#total = usdUnits(earlierUsd);
  }

  /** @returns what it cost */
  add(usage: ProviderUsage): Price {
    const price = this.#priceOf(usage);
    const { usd, source } = price;
    const { role: component, provider, model, unit, quantity, lost } = usage;
    const key = [component, provider, model, unit, source, lost].join('|');
    const entry = this.#lines.get(key) ?? {
      line: { component, provider, model, unit, quantity: 0, usd: '0', source, ...(lost && { lost }) },
      usd: 0n,
    };
    entry.line.quantity += quantity;
    entry.usd += usdUnits(usd);
    this.#total += usdUnits(usd);
    this.#lines.set(key, entry);
    return price;
  }

  /** USD so far, exact decimal text. */
  get totalText(): string {
    return usdText(this.#total);
  }

  /** The lines since they were last taken. */
  take(): CostLine[] {
    const lines = [...this.#lines.values()].map(({ line, usd }) => ({ ...line, usd: usdText(usd) }));
    this.#lines = new Map();
    return lines;
  }
}

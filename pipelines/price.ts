import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { ProviderUsage } from './contract.ts';
import { catalogEntry } from './catalog.ts';

const priceSchema = z.strictObject({
  /** The provider's name, such as `deepgram-stt`. */
  provider: z.string(),
  /** A model, or `*` for those that have no row of their own. */
  model: z.string(),
  unit: z.enum(['audio_second', 'character', 'token']),
  /** USD per unit, as exact decimal text. For tokens: of the prompt, unless `completion_usd` differs. */
  usd: z.string().regex(/^\d+(\.\d+)?$/),
  /** USD per completion token. */
  completion_usd: z
    .string()
    .regex(/^\d+(\.\d+)?$/)
    .optional(),
  as_of: z.iso.date(),
  source: z.string().min(1),
});

/** Rows of `prices.json`; the first that fits counts. */
export type PriceList = z.output<typeof priceSchema>[];

/** The shipped prices, preceded by those of the operator's file. @throws when a file is missing or not of that shape */
export async function loadPrices(overrideFile?: string): Promise<PriceList> {
  const files = [...(overrideFile ? [overrideFile] : []), new URL('./prices.json', import.meta.url)];
  const lists = await Promise.all(
    files.map(async (file) => z.array(priceSchema).parse(JSON.parse(await readFile(file, 'utf8')))),
  );
  return lists.flat();
}

/**
 * What a use cost, USD as exact decimal text. `source` says who told it: the provider, the list, or nobody because it
 * costs nothing (a row of the operator's file gives the own machines a price). A hosted service without a row is `0` from
 * the list, with `priced: false` so that it can be reported.
 */
export function priceUsage(
  usage: ProviderUsage,
  prices: PriceList,
): { usd: string; source: 'provider' | 'list' | 'none'; priced: boolean } {
  if (usage.usd !== undefined) return { usd: decimal(usage.usd), source: 'provider', priced: true };
  const rows = prices.filter((row) => row.provider === usage.provider && row.unit === usage.unit);
  const row = rows.find(({ model }) => model === usage.model) ?? rows.find(({ model }) => model === '*');
  const free = catalogEntry(usage.provider).hosting !== 'cloud';
  if (!row) return { usd: '0', source: free ? 'none' : 'list', priced: free };
  const cost =
    row.completion_usd !== undefined && usage.tokens
      ? usage.tokens.prompt * Number(row.usd) + usage.tokens.completion * Number(row.completion_usd)
      : usage.quantity * Number(row.usd);
  return { usd: decimal(cost), source: 'list', priced: true };
}

/** Twelve decimals: a token of the cheapest model is about 1e-8 USD, and doubles are exact well beyond that. */
function decimal(usd: number): string {
  return usd
    .toFixed(12)
    .replace(/(?<!0)0+$/, '')
    .replace(/\.$/, '');
}

/** Twelve decimals, as prices have; whole numbers add up exactly. */
const decimals = 12;

/** An exact amount as a whole number of billionths of a thousandth of a dollar. */
export function usdUnits(usd: string): bigint {
  const [whole = '0', fraction = ''] = usd.split('.');
  return BigInt(whole + fraction.padEnd(decimals, '0').slice(0, decimals));
}

/** The exact decimal text of `usdUnits`. */
export function usdText(units: bigint): string {
  const digits = units.toString().padStart(decimals + 1, '0');
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`.replace(/(?<!0)0+$/, '').replace(/\.$/, '');
}

/** Dollars; near enough for limits. */
export function usdNumber(units: bigint): number {
  return Number(units) / 10 ** decimals;
}

import type { LookupFunction } from 'node:net';
import type { Address } from './webhook-target.ts';

/** Resolves a name to addresses that were checked before, so that nobody can let it lead elsewhere in between. */
export function pinnedLookup(addresses: readonly Address[]): LookupFunction {
  return (_host, { all, family }, done) => {
    const wanted = addresses.filter((each) => !family || each.family === family);
    const [first] = wanted;
    if (!first) return done(new Error('The host has no address of the kind that was asked for.'), '', 0);
    if (all) done(null, [...wanted]);
    else done(null, first.address, first.family);
  };
}

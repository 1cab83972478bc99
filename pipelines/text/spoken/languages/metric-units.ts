import type { Counted, Form } from './language.ts';

type Name = readonly [one: string, many: string, form?: Form];

/** How a language names the units that are written alike everywhere, by the article and form of its words. */
export function metricUnits(names: Readonly<Record<string, Name>>): Readonly<Record<string, Counted>> {
  return Object.fromEntries(
    Object.entries(names).flatMap(([written, [one, many, form]]) =>
      written.split('|').map((unit) => [unit, { one, many, ...(form && { form }) }]),
    ),
  );
}

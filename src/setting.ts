import { z } from 'zod';

/**
 * One environment variable. `docs/configuration.md` lists the same table, and a test compares the two.
 * `cure` is said when the value is wrong: what it must look like and where to find it.
 */
export type Setting<T extends z.ZodType = z.ZodType> = {
  schema: T;
  about: string;
  cure: string;
  secret?: true;
  /** Other names it is read from, in order. */
  also?: readonly string[];
};

export const text = z.string().trim().min(1);
export const url = (...protocols: string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol.replace(':', '')));
export const port = z.coerce.number().int().min(0).max(65535);
export const count = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
export const money = z.coerce.number().min(0);
export const flag = z
  .enum(['0', '1', 'true', 'false', 'on', 'off'])
  .transform((value) => value === '1' || value === 'true' || value === 'on');
export const list = text.transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
);
export const setting = <T extends z.ZodType>(schema: T, about: string, cure: string, rest: Partial<Setting> = {}) =>
  ({ schema, about, cure, ...rest }) as Setting<T>;
export const secret = (about: string, cure: string, also: readonly string[] = []) =>
  setting(text.optional(), about, cure, { secret: true, also });

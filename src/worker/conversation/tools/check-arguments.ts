import { Ajv } from 'ajv';
import type { ArgumentsSchema } from '../../../agent-files/tools/arguments-schema.ts';

const ajv = new Ajv({ strict: false, allErrors: true, logger: false });

/** Tells what is wrong with arguments, for the model that made them; undefined: nothing. A schema is compiled once. */
export function argumentProblem(schema: ArgumentsSchema, given: unknown): string | undefined {
  const validate = ajv.compile(schema);
  if (validate(given)) return undefined;
  return ajv.errorsText(validate.errors, { dataVar: 'arguments', separator: '; ' });
}

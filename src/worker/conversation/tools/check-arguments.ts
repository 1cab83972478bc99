import { Ajv, type ValidateFunction } from 'ajv';
import type { ArgumentsSchema } from '../../../agent-files/tools/arguments-schema.ts';

const ajv = new Ajv({ strict: false, allErrors: true, logger: false });

/** Undefined: no schema that this program understands; its server judges what it is given. */
function compiled(schema: ArgumentsSchema): ValidateFunction | undefined {
  try {
    return ajv.compile(schema);
  } catch {
    return undefined;
  }
}

/** Tells what is wrong with arguments, for the model that made them; undefined: nothing. A schema is compiled once. */
export function argumentProblem(schema: ArgumentsSchema, given: unknown): string | undefined {
  const validate = compiled(schema);
  if (!validate || validate(given)) return undefined;
  return ajv.errorsText(validate.errors, { dataVar: 'arguments', separator: '; ' });
}

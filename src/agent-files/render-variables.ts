import { placeholder } from '../../pipelines/index.ts';

/** Thrown when a text uses names that have no value. */
export class MissingVariables extends Error {
  override readonly name = 'MissingVariables';
  readonly missing: readonly string[];

  constructor(missing: readonly string[]) {
    const names = missing.map((name) => `{{${name}}}`).join(', ');
    super(
      `${names} ${missing.length === 1 ? 'has' : 'have'} no value: give it in \`variables\` of the agent or the call`,
    );
    this.missing = missing;
  }
}

/** Names that a text uses as `{{name}}`, each once, in order. */
export function variablesIn(text: string): string[] {
  return [...new Set([...text.matchAll(placeholder)].map((match) => match[1]!.trim()))];
}

/**
 * The text with each `{{name}}` replaced by its value. Values are put in as they are: nothing inside them is replaced or run.
 * @throws MissingVariables naming every name without a value
 */
export function renderVariables(text: string, variables: Readonly<Record<string, string>>): string {
  const missing = variablesIn(text).filter((name) => !Object.hasOwn(variables, name));
  if (missing.length > 0) throw new MissingVariables(missing);
  return text.replace(placeholder, (_, name: string) => variables[name.trim()] ?? '');
}

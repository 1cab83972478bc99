/** Replaces each `{{name}}` by its value. A name without a value becomes nothing, rather than being spoken in braces. */
export function fillVariables(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{\{\s*([a-z][a-z0-9_]*)\s*\}\}/g, (_, name: string) => variables[name] ?? '');
}

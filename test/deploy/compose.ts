/** Puts the variables into a compose file as Compose does: `${A}`, `${A:-default}` and `${A:?message}`, one within another. */
export function interpolate(text: string, env: Record<string, string>): string {
  const innermost = /\$\{(\w+)(?::([-?])([^${}]*))?\}/;
  const withoutComments = text.replaceAll(/^\s*#.*$/gm, '');
  for (let at = withoutComments; ;) {
    const found = innermost.exec(at);
    if (!found) return at;
    const [whole, name = '', kind, rest = ''] = found;
    const value = env[name] || (kind === '-' ? rest : undefined);
    if (value === undefined && kind === '?') throw new Error(`${name}: ${rest}`);
    at = at.replace(whole, () => value ?? '');
  }
}

/** Every variable that a compose file reads, and whether it must be set. */
export function variablesOf(text: string): Map<string, boolean> {
  const found = new Map<string, boolean>();
  for (const [, name = '', kind] of text.replaceAll(/^\s*#.*$/gm, '').matchAll(/\$\{(\w+)(:\?)?/g))
    found.set(name, found.get(name) === true || kind === ':?');
  return found;
}

/**
 * PostgreSQL keeps neither U+0000 nor half surrogate pairs, and would refuse the whole row. The API refuses them; what models
 * say and hear must be kept all the same, so here they become U+FFFD.
 */
export function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}

/** JSON of which every text is storable. */
export function storableJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'string' ? storable(inner) : inner));
}

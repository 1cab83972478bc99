/** JSON Schema, as far as fields are looked for in it. */
export type Schema = {
  description?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | false;
  items?: Schema;
  anyOf?: Schema[];
};

/** Every field with its description. What a scenario says of its call and its doubles is described with its file. */
export function fieldsOf(schema: Schema, path = ''): Map<string, string> {
  const fields = new Map<string, string>();
  const take = (found: Map<string, string>) => {
    for (const [name, description] of found) if (!fields.has(name)) fields.set(name, description);
  };
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const full = path === '' ? name : `${path}.${name}`;
    fields.set(full, field.description ?? '');
    if (!/^scenarios\[\]\.(?:call|doubles)$/.test(full)) take(inside(field, full));
  }
  return fields;
}

function inside(field: Schema, full: string): Map<string, string> {
  const shapes = [field, ...(field.anyOf ?? [])];
  const found = new Map<string, string>();
  for (const { properties, items, additionalProperties } of shapes) {
    if (properties) for (const each of fieldsOf({ properties }, full)) found.set(...each);
    if (items) for (const each of inside(items, `${full}[]`)) found.set(...each);
    if (additionalProperties) for (const each of inside(additionalProperties, `${full}.*`)) found.set(...each);
  }
  return found;
}

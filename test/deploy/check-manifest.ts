import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import versions from '#root/versions.json' with { type: 'json' };

const version = `v${versions.kubernetes.tested}-local-strict`;
const kindsOfOthers = new Set(['ScaledObject']);

/**
 * Validates one object against the schema of its kind, which allows no unknown field.
 * @throws Error that names the object and each mistake
 */
export function checkManifest(manifest: object | null, schemas: string): void {
  if (!manifest) return;
  const { kind, apiVersion, metadata } = manifest as { kind: string; apiVersion: string; metadata: { name: string } };
  if (kindsOfOthers.has(kind)) return;
  const group = apiVersion.includes('/') ? `-${apiVersion.split('/')[0]?.split('.')[0]}` : '';
  const file = join(schemas, version, `${kind.toLowerCase()}${group}-${apiVersion.split('/').at(-1)}.json`);
  if (!existsSync(file)) throw new Error(`Kubernetes ${version} has no ${apiVersion} ${kind}.`);
  const validate = new Ajv({ strict: false, validateFormats: false, logger: false }).compile({
    ...readSchema(file),
    $defs: readSchema(join(schemas, version, '_definitions.json'))['$defs'],
  });
  if (!validate(manifest)) throw new Error(`${kind} ${metadata.name}: ${JSON.stringify(validate.errors)}`);
}

/** With the references into the file of definitions as references within one schema. */
function readSchema(file: string): Record<string, unknown> {
  const text = readFileSync(file, 'utf8').replaceAll(/"[\w/]*_definitions\.json#/g, '"#');
  const { $schema: _dialect, $id: _id, ...schema } = JSON.parse(text) as Record<string, unknown>;
  return schema;
}

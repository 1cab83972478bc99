import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { modelLicences } from '../../src/stack/models/licences.ts';
import { languageModels, type Model, models, speechModels } from '../../src/stack/models/manifest.ts';

const document = readFileSync(new URL('../../docs/embedded.md', import.meta.url), 'utf8');
const manifest: Record<string, Model> = models;

describe('docs/embedded.md', () => {
  it('lists the licence of every engine and model, and no other', () => {
    const section = document.slice(document.indexOf('## Licences'), document.indexOf('## How fast'));
    const rows = section.split('\n').filter((line) => line.startsWith('| `'));
    expect(rows).toEqual(modelLicences().map(({ name, licence, note }) => `| \`${name}\` | ${licence} | ${note} |`));
  });

  it('lists every model with its download', () => {
    const section = document.slice(document.indexOf('## Models'), document.indexOf('## Licences'));
    const rows = section.split('\n').filter((line) => line.startsWith('| `'));
    expect(rows.toSorted()).toEqual(
      Object.entries(manifest)
        .map(([name, model]) => {
          const megabytes = model.files.reduce((sum, file) => sum + file.bytes, 0) / 1e6;
          return `| \`${name}\` | ${model.title} | ${megabytes.toFixed(megabytes < 10 ? 1 : 0)} MB | ${model.licence} |`;
        })
        .toSorted(),
    );
  });
});

describe('the manifest', () => {
  it('knows the size, the hash and a source of every file', () => {
    for (const [name, model] of Object.entries(manifest))
      for (const file of model.files) {
        expect(file.sha256, `${name}/${file.path}`).toMatch(/^[0-9a-f]{64}$/);
        expect(file.bytes).toBeGreaterThan(0);
        expect(file.urls.length > 0 || (model.package !== undefined && file.member !== undefined), file.path).toBe(
          true,
        );
        for (const url of file.urls) expect(new URL(url).protocol).toBe('https:');
      }
  });

  it('has a use for every model', () => {
    expect([...speechModels, ...languageModels].toSorted()).toEqual(Object.keys(manifest).toSorted());
  });
});

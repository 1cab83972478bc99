import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { toolPath } from '../setup/tools.ts';
import { checkManifest } from './check-manifest.ts';
import { runTool } from './run-tool.ts';

const helm = toolPath('helm');
const schemas = toolPath('kubernetes-schemas');
const chart = 'deploy/helm/parley';
const must = ['--kube-version', '1.37.0', '--set', 'existingSecret=parley', '--set', 'livekit.url=ws://livekit:7880'];
const all = 'worker.keda.enabled=true,networkPolicy.enabled=true,ingress.enabled=true';
const render = (...set: string[]) =>
  runTool(helm!, ['template', 'parley', chart, ...must, ...set.flatMap((values) => ['--set', values])]);

test.skipIf(!helm)('the chart passes helm lint', async () => {
  await runTool(helm!, ['lint', '--strict', chart, ...must]);
});

test.skipIf(!helm || !schemas).each([['as it comes'], ['with all options', all]])(
  'the chart renders what Kubernetes takes, %s',
  async (_, ...set) => {
    const manifests = parseAllDocuments(await render(...set)).map((document) => document.toJS() as object | null);
    expect(manifests.length).toBeGreaterThan(4);
    for (const manifest of manifests) checkManifest(manifest, schemas!);
    // The check is one that can fail.
    expect(() => checkManifest({ ...manifests[0], spec: { replica: 1 } }, schemas!)).toThrow();
  },
);

test.skipIf(!helm)('the chart refuses a grace period that would cut calls off', async () => {
  await expect(render('worker.terminationGracePeriodSeconds=60')).rejects.toThrow('drainSeconds');
});

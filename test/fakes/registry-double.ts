import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { json, listen } from './http-double.ts';

const run = promisify(execFile);

/** One version of a package: what its `package.json` says besides name and version, and its module. */
export type PublishedVersion = { manifest?: Record<string, unknown>; code?: string };

/** Speaks the part of the registry's protocol that `npm view` and `npm install` use: packuments and tarballs. */
export async function startRegistryDouble(packages: Record<string, Record<string, PublishedVersion>>) {
  const folder = await mkdtemp(join(tmpdir(), 'registry-'));
  const tarballs = new Map<string, Buffer>();
  const manifests: Record<string, Record<string, Record<string, unknown>>> = {};
  for (const [name, versions] of Object.entries(packages))
    for (const [version, { manifest = {}, code = '' }] of Object.entries(versions)) {
      const whole = { name, version, type: 'module', main: 'index.js', ...manifest };
      await mkdir(join(folder, 'package'), { recursive: true });
      await writeFile(join(folder, 'package', 'package.json'), JSON.stringify(whole));
      await writeFile(join(folder, 'package', 'index.js'), code);
      await run('tar', ['-czf', 'package.tgz', 'package'], { cwd: folder });
      tarballs.set(`/tarballs/${name}/${version}.tgz`, await readFile(join(folder, 'package.tgz')));
      (manifests[name] ??= {})[version] = whole;
    }
  await rm(folder, { recursive: true });
  const asked: string[] = [];
  const server = await listen({
    request(request, response) {
      const path = decodeURIComponent(new URL(request.url ?? '/', 'http://double').pathname);
      asked.push(path);
      const tarball = tarballs.get(path);
      if (tarball) return void response.writeHead(200, { 'Content-Type': 'application/octet-stream' }).end(tarball);
      const name = path.slice(1);
      const versions = manifests[name];
      if (!versions) return json(response, 404, { error: 'Not found' });
      const dist = (version: string) => {
        const file = `/tarballs/${name}/${version}.tgz`;
        const sum = createHash('sha512').update(tarballs.get(file)!).digest('base64');
        return { tarball: `http://127.0.0.1:${server.port}${file}`, integrity: `sha512-${sum}` };
      };
      json(response, 200, {
        name,
        'dist-tags': { latest: Object.keys(versions).at(-1) },
        versions: Object.fromEntries(
          Object.entries(versions).map(([version, manifest]) => [version, { ...manifest, dist: dist(version) }]),
        ),
      });
    },
  });
  return { url: `http://127.0.0.1:${server.port}/`, asked, close: server.close };
}

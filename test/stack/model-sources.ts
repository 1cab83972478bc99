import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export function freshFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'parley-models-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
export const noise = (bytes: number) => randomBytes(bytes);

type Answer = (request: IncomingMessage, response: ServerResponse, bytes: Buffer) => void;

/** An upstream of models: a web server that knows ranges, as the hubs are. */
export async function startUpstream(files: Record<string, Buffer>, answer: Answer = answerRange) {
  const requests: { path: string; range: string | undefined }[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').slice(1);
    requests.push({ path, range: request.headers.range });
    const bytes = files[path];
    if (bytes) answer(request, response, bytes);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    requests,
    url: (path: string) => `http://127.0.0.1:${port}/${path}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const answerRange: Answer = (request, response, bytes) => {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  response.writeHead(from > 0 ? 206 : 200, { 'content-length': bytes.length - from }).end(bytes.subarray(from));
};

/**
 * A package index that holds one wheel with these members. It is used through pip's own settings in the environment, which
 * `restore` puts back.
 */
export async function startPackageIndex(options: { name: string; version: string; members: Record<string, Buffer> }) {
  const { name, version } = options;
  const folder = freshFolder();
  const module = name.replaceAll('-', '_');
  const wheel = `${module}-${version}-py3-none-any.whl`;
  const info = `${module}-${version}.dist-info`;
  const members: Record<string, Buffer | string> = {
    ...options.members,
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
    [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    [`${info}/RECORD`]: '',
  };
  for (const [path, content] of Object.entries(members)) {
    mkdirSync(join(folder.path, 'content', dirname(path)), { recursive: true });
    writeFileSync(join(folder.path, 'content', path), content);
  }
  const zip = join(folder.path, wheel);
  const tops = [...new Set(Object.keys(members).map((path) => path.split('/')[0] ?? path))];
  execFileSync('python3', ['-m', 'zipfile', '-c', zip, ...tops], { cwd: join(folder.path, 'content') });

  const page = Buffer.from(`<!DOCTYPE html><a href="/${wheel}">${wheel}</a>`);
  const server = await startUpstream(
    { [`simple/${name}/`]: page, [wheel]: readFileSync(zip) },
    (request, response, bytes) => {
      const type = request.url?.startsWith('/simple/') ? 'text/html' : 'application/octet-stream';
      response.writeHead(200, { 'content-type': type, 'content-length': bytes.length }).end(bytes);
    },
  );
  const settings = { PIP_INDEX_URL: server.url('simple/'), PIP_NO_CACHE_DIR: '1', PIP_CONFIG_FILE: '/dev/null' };
  const before = Object.fromEntries(Object.keys(settings).map((key) => [key, process.env[key]]));
  Object.assign(process.env, settings);
  return {
    requests: server.requests,
    wheelPath: zip,
    wheelBytes: readFileSync(zip).length,
    async close() {
      for (const [key, value] of Object.entries(before)) {
        if (value === undefined) delete process.env[key];
        else process.env[key] = value;
      }
      await server.close();
      folder.remove();
    },
  };
}

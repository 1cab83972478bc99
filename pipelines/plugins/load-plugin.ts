import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { version as sdkVersion } from '@livekit/agents';
import { satisfies } from 'semver';
import { z } from 'zod';
import { ProviderError } from '../errors.ts';
import { messageOf } from '../failure.ts';
import { packageNamePattern } from './package-name.ts';

export const sdkPackage = '@livekit/agents';

/**
 * The file in the folder of plugins that imports them. An import is resolved from the file in which it stands, and only an
 * import finds the module that shares the SDK with this program: `require` would bring a second SDK.
 */
export const loaderFile = 'load.mjs';

const manifestSchema = z.looseObject({
  version: z.string(),
  peerDependencies: z.record(z.string(), z.string()).default({}),
});

/**
 * The module of an installed plugin.
 * @param folder where `parley plugin add` installs; without it only this program's own dependencies are there
 * @throws ProviderError `not_configured`: it is not installed, is made for another version of the SDK, or does not load
 */
export async function loadPlugin(
  provider: string,
  { packageName, folder }: { packageName: string; folder?: string | undefined },
): Promise<Record<string, unknown>> {
  const refused = (message: string, cause?: unknown) =>
    new ProviderError('not_configured', provider, message, { cause });
  if (!packageNamePattern.test(packageName))
    throw refused(`"${packageName}" is not the name of a package. Correct the field plugin.`);
  const add = `Run \`parley plugin add ${packageName}\``;
  const home = homeOf(packageName, folder);
  if (!home) throw refused(`the plugin is not installed. ${add}.`);
  const { version, peerDependencies } = manifestSchema.parse(JSON.parse(await readFile(home.manifest, 'utf8')));
  const range = peerDependencies[sdkPackage];
  if (range === undefined) throw refused(`${packageName} is not a plugin of ${sdkPackage}. Use another package.`);
  if (!satisfies(sdkVersion, range))
    throw refused(
      `${packageName} ${version} is made for ${sdkPackage} ${range}, and this is ${sdkVersion}. ${add} for the version that fits.`,
    );
  try {
    return (await home.load(packageName)) as Record<string, unknown>;
  } catch (error) {
    throw refused(
      `${packageName} ${version} does not load (${messageOf(error).split('\n', 1)[0]}). ${add} again.`,
      error,
    );
  }
}

type Home = { manifest: string; load: (packageName: string) => Promise<unknown> };

function homeOf(packageName: string, folder: string | undefined): Home | undefined {
  if (folder) {
    const manifest = join(folder, 'node_modules', packageName, 'package.json');
    const loader = pathToFileURL(join(folder, loaderFile)).href;
    if (existsSync(manifest))
      return {
        manifest,
        load: async (name) => ((await import(loader)) as { load: (name: string) => Promise<unknown> }).load(name),
      };
  }
  const own = createRequire(import.meta.url)
    .resolve.paths(packageName)
    ?.map((path) => join(path, packageName, 'package.json'))
    .find((path) => existsSync(path));
  return own ? { manifest: own, load: (name) => import(name) } : undefined;
}

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { environment } from '../../src/config.ts';

const missing =
  'make test-sip needs a real livekit-sip, and a redis-server on the PATH: copy /bin/livekit-sip out of the image livekit/sip of docker-compose.yml, or build it from its source with Go, put it on the PATH or name it in LIVEKIT_SIP_BIN.';

/** Programs of the far end that the tests cannot bring themselves. @throws Error that says what is missing, and how to get it */
export function findSipPrograms(): { sip: string; redis: string } {
  const { LIVEKIT_SIP_BIN: named, PATH: path } = environment();
  const sip = named && isProgram(named) ? named : onPath('livekit-sip', path);
  const redis = onPath('redis-server', path);
  if (!sip || !redis) throw new Error(missing);
  return { sip, redis };
}

function onPath(name: string, path = ''): string | undefined {
  return path
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

if (import.meta.main) {
  try {
    findSipPrograms();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}

import { tryPort } from '../../stack/require-free-port.ts';
import { askHttp } from '../ask-http.ts';
import type { Check, DoctorContext } from '../check.ts';
import { failed, type Finding, ok } from '../finding.ts';
import { portOwner } from '../port-owner.ts';

type Wanted = { port: number; host: string; setting: string; purpose: string };

export const ports: Check = {
  about: 'The ports Parley listens on: free, its own, or taken by whom.',
  reads: ['PARLEY_HOST', 'PARLEY_PORT', 'PARLEY_WORKER_PORT', 'PARLEY_LIVEKIT_PORT', 'PARLEY_POSTGRES_PORT'],
  run: async (context, signal) => Promise.all(wantedPorts(context).map((wanted) => look(wanted, context, signal))),
};

function wantedPorts({ config }: DoctorContext): Wanted[] {
  const host = config.PARLEY_HOST;
  const wanted = [{ port: config.PARLEY_PORT, host, setting: 'PARLEY_PORT', purpose: 'the API' }];
  if (config.LIVEKIT_URL && config.PARLEY_WORKER_PORT > 0)
    wanted.push({ port: config.PARLEY_WORKER_PORT, host, setting: 'PARLEY_WORKER_PORT', purpose: 'the worker' });
  if (!config.LIVEKIT_URL)
    for (const port of [config.PARLEY_LIVEKIT_PORT, config.PARLEY_LIVEKIT_PORT + 1])
      wanted.push({ port, host, setting: 'PARLEY_LIVEKIT_PORT', purpose: 'livekit-server' });
  if (!config.DATABASE_URL)
    wanted.push({
      port: config.PARLEY_POSTGRES_PORT,
      host: '127.0.0.1',
      setting: 'PARLEY_POSTGRES_PORT',
      purpose: 'PostgreSQL',
    });
  return wanted;
}

async function look(wanted: Wanted, context: DoctorContext, signal: AbortSignal): Promise<Finding> {
  const { port, host, setting, purpose } = wanted;
  const what = `Port ${port} for ${purpose}`;
  const error = await tryPort(wanted);
  if (!error) return ok(`${what} is free.`);
  if (error.code === 'EACCES') return failed(`${what} needs privileges.`, `Set ${setting} to a port above 1023.`);
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
    return failed(
      `${host} is not an address of this machine.`,
      'Set PARLEY_HOST to one, such as 127.0.0.1 or 0.0.0.0.',
    );
  if (error.code !== 'EADDRINUSE') return failed(`${what} cannot be opened: ${error.message}.`, `Set ${setting}.`);
  const owner = portOwner(port);
  const by = owner ? `${owner.command} (process ${owner.pid})` : 'another program';
  const { up } = context;
  if (owner && up && [up.pid, ...up.children].includes(owner.pid)) return ok(`${what} is used by this stack: ${by}.`);
  if (purpose === 'the API' || purpose === 'the worker')
    if (await isParley({ port, host }, signal)) return ok(`${what} is used by Parley${owner ? `: ${by}` : ''}.`);
  return failed(
    `${what} is taken by ${by}.`,
    `Stop that program (a second stack on the same ports?), or set ${setting} to a free port.`,
  );
}

/** Whether what answers tells its health as `serve` and `worker` do. */
async function isParley({ port, host }: { port: number; host: string }, signal: AbortSignal): Promise<boolean> {
  const at = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const options = { signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]), anyCertificate: true };
  const asked = ['http', 'https'].map(async (scheme) => {
    const { body } = await askHttp(`${scheme}://${at}:${port}/health`, options);
    const health = JSON.parse(body) as { version?: unknown; dependencies?: unknown };
    if (typeof health.version !== 'string' || typeof health.dependencies !== 'object') throw new Error('not Parley');
  });
  return Promise.any(asked).then(
    () => true,
    () => false,
  );
}

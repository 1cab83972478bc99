import { askHttp } from '../ask-http.ts';
import type { Check, DoctorContext } from '../check.ts';
import { failed, type Finding, ok, warning } from '../finding.ts';

export const worker: Check = {
  about: 'Whether a worker is alive and registered with LiveKit.',
  reads: ['PARLEY_HOST', 'PARLEY_WORKER_PORT'],
  async run(context, signal) {
    return (
      (await ofItsStatus(context, signal)) ??
      (await ofTheApi(context, signal)) ??
      (await ofTheDatabase(context)) ??
      (await nobody(context, signal))
    );
  },
};

/** A `worker` of this machine tells itself. */
async function ofItsStatus({ config }: DoctorContext, signal: AbortSignal): Promise<Finding | undefined> {
  const { PARLEY_HOST: host, PARLEY_WORKER_PORT: port } = config;
  if (port === 0) return undefined;
  const at = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  try {
    const { status, body } = await askHttp(`http://${at}:${port}/ready`, { signal });
    const told = JSON.parse(body) as { status: string; dependencies: Record<string, { message?: string }> };
    if (status === 200) return ok('It is registered with LiveKit and takes calls.');
    if (told.status === 'draining')
      return warning('It is stopping and takes no new calls.', 'Wait, or start it again.');
    const why = Object.values(told.dependencies).find(({ message }) => message)?.message;
    return failed(
      `It runs, but takes no calls. ${why ?? 'No call process is ready.'}`,
      'See livekit and database in this list, then its log: `docker compose logs worker`.',
    );
  } catch {
    return undefined;
  }
}

/** With `up` API and worker are one process, and its metrics cover both. */
async function ofTheApi({ apiUrl, config }: DoctorContext, signal: AbortSignal): Promise<Finding | undefined> {
  const token = config.PARLEY_METRICS_TOKEN;
  const headers: Record<string, string> = token ? { Authorization: `Bearer ${token}` } : {};
  const answer = await askHttp(`${apiUrl}/metrics`, { signal, headers, anyCertificate: true }).catch(() => undefined);
  const line = answer?.body.split('\n').find((each) => /^parley_worker_connected[{ ]/.test(each));
  const connected = line?.split(' ').at(-1);
  if (connected === undefined) return undefined;
  return connected === '1'
    ? ok('It is registered with LiveKit and takes calls.')
    : failed('It runs, but is not registered with LiveKit.', 'See livekit in this list, then the log of `parley up`.');
}

/** A worker on another machine holds connections under its name. Whether LiveKit knows it, it alone can tell. */
async function ofTheDatabase(context: DoctorContext): Promise<Finding | undefined> {
  if (!context.databaseUrl) return undefined;
  const sql = `SELECT DISTINCT coalesce(host(client_addr), 'this machine') AS host FROM pg_stat_activity
    WHERE application_name = 'parley-worker' AND datname = current_database()`;
  const found = await context
    .database()
    .pool.query<{ host: string }>(sql)
    .catch(() => undefined);
  if (!found?.rows.length) return undefined;
  const hosts = found.rows.map(({ host }) => host).join(', ');
  return ok(`One is connected to the database, from ${hosts}. Its /ready shows whether LiveKit knows it.`);
}

async function nobody({ apiUrl }: DoctorContext, signal: AbortSignal): Promise<Finding> {
  const cure =
    'Start one: `docker compose up -d worker`, or `parley worker`. Its log says why it ended: `docker compose logs worker`.';
  const serves = await askHttp(`${apiUrl}/health`, { signal, anyCertificate: true }).catch(() => undefined);
  return serves
    ? failed('The API runs, but no worker: calls ring and nobody answers.', cure)
    : warning('No worker runs.', cure);
}

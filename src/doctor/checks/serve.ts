import { askHttp } from '../ask-http.ts';
import type { Check } from '../check.ts';
import { failed, ok, warning } from '../finding.ts';

export const serve: Check = {
  about: 'The API of this machine: whether it runs, takes the API key, and what it cannot reach.',
  reads: ['PARLEY_HOST', 'PARLEY_PORT', 'PARLEY_HTTPS'],
  async run({ apiUrl, apiKey }, signal) {
    const ask = (path: string, headers = {}) => askHttp(`${apiUrl}${path}`, { signal, headers, anyCertificate: true });
    const ready = await ask('/ready').catch(() => undefined);
    if (!ready)
      return warning(
        `The API does not run: nothing answers at ${apiUrl}.`,
        'Start it: `docker compose up -d`, or `parley up`. If it ended by itself, its log says why: `docker compose logs serve`.',
      );
    const told = readiness(ready.body);
    if (!told)
      return failed(
        `What answers at ${apiUrl} is not Parley (HTTP ${ready.status}).`,
        'Stop that program, or set PARLEY_PORT to another port, and PARLEY_HTTPS as the running Parley has it.',
      );
    if (told.status === 'draining')
      return warning('The API is stopping and takes no new calls.', 'Wait, or start it again.');
    const down = Object.entries(told.dependencies).filter(([, { status }]) => status !== 'up');
    if (down.length > 0)
      return down.map(([name, { message }]) =>
        failed(`The API cannot use ${name}.`, message ?? `See ${name} in this list, and the log of \`serve\`.`),
      );
    if (!apiKey) return ok(`It is ready at ${apiUrl}. AGENTS_API_KEY is not set, so its key was not tried.`);
    const { status } = await ask('/api/agents', { 'X-API-Key': apiKey });
    if (status === 401)
      return failed(
        `The Parley at ${apiUrl} does not know AGENTS_API_KEY.`,
        'It is another stack, or it was started before the key was set: `docker compose up -d --force-recreate`.',
      );
    return ok(`It is ready at ${apiUrl}.`);
  },
};

type Readiness = { status: string; dependencies: Record<string, { status: string; message?: string }> };

function readiness(body: string): Readiness | undefined {
  try {
    const told = JSON.parse(body) as Readiness;
    return typeof told.status === 'string' && typeof told.dependencies === 'object' ? told : undefined;
  } catch {
    return undefined;
  }
}

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../src/config.ts';
import { startParley } from '../../src/load/start-parley.ts';
import { consoleProgress } from '../../src/stack/progress.ts';
import { startScratchStack } from '../../src/stack/scratch-stack.ts';
import { startSipDouble } from '../fakes/sip-double.ts';

/** `make test-api`: schemathesis over every operation of `/openapi.json`, against a real `serve` with a trunk. EXAMPLES per operation (10). */
const version = '4.32.5';
const examples = Number(process.env['EXAMPLES'] || 10);
const dataDir = loadConfig().PARLEY_DATA_DIR;
const folder = join(dataDir, `schemathesis-${version}`);
const program = join(folder, 'bin', 'schemathesis');

if (!existsSync(program)) {
  console.log(`  … Install schemathesis ${version}`);
  execFileSync('python3', ['-m', 'venv', folder], { stdio: 'inherit' });
  execFileSync(join(folder, 'bin', 'pip'), ['install', '--quiet', `schemathesis==${version}`], { stdio: 'inherit' });
}
const stack = await startScratchStack({ dataDir, progress: consoleProgress(process.stderr) });
const sip = await startSipDouble(stack.livekit);
try {
  const parley = await startParley({
    ...stack,
    databaseUrl: stack.postgres.urlOf('postgres'),
    livekit: { ...stack.livekit, url: sip.url },
    calls: 0,
    providers: {},
    agentsDir: 'agents',
    agent: 'receptionist',
    worker: false,
    settings: {
      SIP_TRUNK_ID: 'ST_schemathesis',
      SIP_FROM_NUMBER: '+14155550100',
      PARLEY_REQUESTS_PER_MINUTE: '1000000',
      // Browser calls that nobody joins would fill the places, which is a 503.
      PARLEY_MAX_CALLS: '100000',
    },
  });
  try {
    process.exitCode = await examine(parley);
  } finally {
    await parley.stop();
  }
} finally {
  await sip.close();
  await stack.stop();
}

async function examine({ api, key }: { api: string; key: string }): Promise<number> {
  const document = (await (await fetch(`${api}/openapi.json`)).json()) as { paths: Record<string, unknown> };
  // It would find the id of its own key, and be let in nowhere after that.
  delete document.paths['/api/keys/{id}'];
  const file = join(stack.workDir, 'openapi.json');
  writeFileSync(file, JSON.stringify(document));
  const run = spawn(
    program,
    [
      'run',
      file,
      `--url=${api}`,
      `--header=X-API-Key: ${key}`,
      `--max-examples=${examples}`,
      '--phases=examples,coverage,fuzzing',
      '--checks=not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance',
      '--continue-on-failure',
      '--suppress-health-check=all',
      '--request-timeout=60',
      '--no-color',
      '--seed=20261128',
    ],
    { stdio: 'inherit', cwd: stack.workDir },
  );
  const [code] = (await once(run, 'exit')) as [number | null];
  return code ?? 1;
}

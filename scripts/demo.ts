import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { encodeWav, readWav } from '../src/caller/wav.ts';
import { environment } from '../src/config.ts';
import { freePorts } from '../test/commands/running-parley.ts';
import { findChromium, openTab } from '../test/web/chromium.ts';

/**
 * Makes what README.md shows of a real call, in docs/: `call.ogg`, a call as Parley recorded it (caller left, agent right), and
 * `console.png`, the page in the middle of a second call with the same caller. Run by `make demo`; needs Chromium.
 */
const questions = ['Hi, what time do you open on Monday?', 'And how much is a cleaning?'];
const folder = mkdtempSync(join(tmpdir(), 'parley-demo-'));
const main = resolve('src/main.ts');
const chromium = findChromium();
if (!chromium) throw new Error('make demo needs Chromium: install the package chromium.');

cpSync('agents', join(folder, 'agents'), { recursive: true });
const agent = readFileSync('agents/receptionist.md', 'utf8');
writeFileSync(join(folder, 'agents/receptionist.md'), agent.replace('---\n', '---\nrecording: { consent: none }\n'));
const env = {
  ...environment(),
  ...(await freePorts()),
  PARLEY_PIPELINE: 'embedded',
  PARLEY_AGENTS_DIR: join(folder, 'agents'),
  PARLEY_RECORDINGS_DIR: join(folder, 'recordings'),
};

const up = spawn(process.execPath, [main, 'up', '--no-call'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
try {
  const page = await addressOf(up);
  const { origin, hash } = new URL(page);
  const key = new URLSearchParams(hash.slice(1)).get('key') ?? '';
  const said = questions.flatMap((question) => ['--say', question]);
  await run([
    'call',
    '--agent',
    'receptionist',
    ...said,
    '--url',
    origin,
    '--key',
    key,
    '--out',
    join(folder, 'reports'),
  ]);
  copyFileSync(await recording(), 'docs/call.ogg');
  await picture(page);
  process.stdout.write('Wrote docs/call.ogg and docs/console.png.\n');
} finally {
  const closed = new Promise((done) => up.once('close', done));
  up.kill('SIGTERM');
  await closed;
  rmSync(folder, { recursive: true });
}

/** The address of the page with its key, once `up` prints it. */
async function addressOf(program: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: program.stdout! })) {
    const [, address] = /^Talk to it: +(\S+)/.exec(line) ?? [];
    if (address) {
      program.stdout!.resume();
      return address;
    }
  }
  throw new Error('parley up ended before it was up.');
}

async function run(args: string[]): Promise<void> {
  const child = spawn(process.execPath, [main, ...args], { env, stdio: 'inherit' });
  const code = await new Promise((done) => child.once('close', done));
  if (code !== 0) throw new Error(`parley ${args[0]} ended with ${String(code)}.`);
}

/** The file of the first call, which is whole once its worker has settled it. */
async function recording(): Promise<string> {
  for (let tries = 0; tries < 100; tries++) {
    const [file] = globSync(join(folder, 'recordings/**/*.ogg'));
    if (file) return file;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('The call was not recorded.');
}

/** The page while its caller, the voice of the first call played to the microphone, has heard both answers. */
async function picture(address: string): Promise<void> {
  const [report = ''] = globSync(join(folder, 'reports/*.wav'));
  const { pcm, channels, sampleRateHz } = await readWav(report);
  const caller = pcm.filter((_, index) => index % channels === 0);
  const wav = encodeWav({ pcm: caller, sampleRateHz, channels: 1 });
  const tab = await openTab({ executable: chromium!, wav, width: 1280, height: 800 });
  try {
    await tab.page.goto(address);
    await tab.page.getByLabel('Agent', { exact: true }).selectOption('receptionist');
    await tab.page.getByRole('button', { name: 'Start call' }).click();
    // The greeting and an answer to each question, the last of them spoken to its end.
    await tab.page.locator('li.turn.agent').nth(questions.length).waitFor({ timeout: 60_000 });
    await tab.page.screenshot({ path: 'docs/console.png' });
  } finally {
    await tab.close();
  }
}

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';

const run = promisify(execFile);
const model = fileURLToPath(new URL('ownership.pml', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'parley-model-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const missing = await Promise.all([run('spin', ['-V']), run('cc', ['--version'])]).then(
  () => false,
  () => true,
);
if (missing)
  process.stderr.write(
    'SKIPPED LOUDLY: the model of the ownership of calls needs spin (Debian: spin) and a C compiler.\n',
  );

/** Searches every interleaving of the model. Answers how many states there are and which assertion broke, if one did. */
async function search(name: string, fault?: string): Promise<{ states: number; broken: string | undefined }> {
  const cwd = mkdtempSync(join(folder, `${name}-`));
  await run('spin', ['-a', ...(fault ? [`-D${fault}`] : []), model], { cwd });
  // What holds is searched to the end, so it is compiled for speed; what breaks is found soon.
  const flags = ['-DSAFETY', '-DCOLLAPSE', ...(fault ? ['-O0', '-DP_REVERSE'] : ['-O1'])];
  await run('cc', [...flags, '-w', '-o', 'pan', 'pan.c'], { cwd });
  const { stdout } = await run(join(cwd, 'pan'), ['-m20000', '-w22'], { cwd, maxBuffer: 1 << 24 });
  const found = (pattern: RegExp) => pattern.exec(stdout)?.[1];
  const errors = found(/errors: (\d+)/);
  if (errors === undefined || /max search depth too small|out of memory/.test(stdout))
    throw new Error(`The search did not come to its end:\n${stdout}`);
  return { states: Number(found(/(\d+) states, stored/)), broken: found(/assertion violated\s+(.*) \(at depth/) };
}

/** What the checker shows of an assertion: its expression. */
const putOut = /person.*!\(decided\)/;
const leftAlone = /room&&\(person/;

describe.skipIf(missing)('the model of who has a call', () => {
  test('keeps every promise in every interleaving', { timeout: 240_000 }, async () => {
    const { broken, states } = await search('right');
    expect(broken).toBeUndefined();
    // Far fewer would mean that somebody waits for ever.
    expect(states).toBeGreaterThan(1_000_000);
  });

  test.each([
    ['the room is deleted before the end is written', 'DELETE_FIRST', putOut],
    ['the room goes first though the lease may be over', 'ROOM_FIRST_UNCHECKED', putOut],
    ['a removed agent takes it for a hang-up', 'REMOVED_IS_HANGUP', putOut],
    ['a lease is taken without an epoch', 'NO_EPOCH', putOut],
    ['the sweeper judges right after an outage', 'JUDGE_AT_ONCE', /everCut/],
    ['the sweeper ends a call whose lease was renewed since it looked', 'STALE_LOOK', putOut],
    ['whoever joins evicts those who came later too', 'EVICT_ANYBODY', /found<=mine/],
    ['a session dials where another had', 'DIAL_AGAIN', /dials==1/],
    ['a session dials without a look at its clock', 'DIAL_UNCHECKED', putOut],
    ['each attempt to write has an id of its own', 'NEW_ID', /entries\[mine\]==1/],
    ['a room is deleted once, whatever came of it', 'DELETE_ONCE', leftAlone],
  ])('finds the fault when %s', { timeout: 120_000 }, async (_what, fault, assertion) => {
    expect((await search(fault, fault)).broken).toMatch(assertion);
  });
});

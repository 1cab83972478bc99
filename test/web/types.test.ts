import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('the page’s modules fit the types that their comments declare', async () => {
  const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
  const checked = await promisify(execFile)(process.execPath, [tsc, '-p', 'src/web'], { cwd: root }).catch(
    (failed: { stdout: string; stderr: string }) => failed,
  );
  expect(checked).toMatchObject({ stdout: '', stderr: '' });
});

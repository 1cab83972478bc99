import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { cpuSeconds, memoryMb, treeOf } from '../../src/load/process-tree.ts';

const started: ReturnType<typeof spawn>[] = [];
const program = async (code: string) => {
  const child = spawn(process.execPath, ['--eval', code], { stdio: ['ignore', 'pipe', 'ignore'] });
  started.push(child);
  await once(child.stdout, 'data');
  return child.pid!;
};

afterEach(() => started.splice(0).forEach((child) => child.kill('SIGKILL')));

describe.runIf(process.platform === 'linux')('a process tree', () => {
  it('holds the children of children', async () => {
    const pid = await program(`
      const { spawn } = require('node:child_process');
      const inner = 'console.log(1); setInterval(() => {}, 1000)';
      const child = spawn(process.execPath, ['--eval', inner], { stdio: ['ignore', 'pipe', 'ignore'] });
      child.stdout.once('data', () => console.log(child.pid));
      process.stdin.once('close', () => child.kill());
    `);
    const tree = treeOf(pid);
    expect(tree).toHaveLength(2);
    expect(tree[0]).toBe(pid);
    process.kill(tree[1]!, 'SIGKILL');
  });

  it('counts memory that is touched', async () => {
    const small = await program('console.log(1); setInterval(() => {}, 1000)');
    const large = await program(
      'globalThis.kept = Buffer.alloc(100e6, 1); console.log(1); setInterval(() => {}, 1000)',
    );
    const difference = memoryMb(large) - memoryMb(small);
    expect(difference).toBeGreaterThan(80);
    expect(difference).toBeLessThan(130);
  });

  it('counts the CPU time of a busy program', async () => {
    const pid = await program('console.log(1); const end = Date.now() + 10_000; while (Date.now() < end);');
    const before = cpuSeconds(pid);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(cpuSeconds(pid) - before).toBeGreaterThan(0.1);
  });

  it('of a process that is gone has no memory', () => {
    expect(memoryMb(2 ** 22 + 1)).toBe(0);
  });
});

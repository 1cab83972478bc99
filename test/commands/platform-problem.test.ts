import { expect, test } from 'vitest';
import { platformProblem } from '../../src/commands/platform-problem.ts';

test('Windows is sent to WSL, and Linux and macOS are fine', () => {
  expect(platformProblem('win32')).toContain('wsl --install');
  expect(platformProblem('freebsd')).toContain('this is freebsd');
  expect([platformProblem('linux'), platformProblem('darwin')]).toEqual([undefined, undefined]);
});

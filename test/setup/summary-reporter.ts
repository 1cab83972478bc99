import { writeSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/**
 * Ends a run with one line that people and scripts can read: `N passed, N failed, N skipped`. Before it stand the tests that
 * passed only when they were tried again: each is a defect of the test or of what it tests.
 */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const count = { passed: 0, failed: 0, skipped: 0 };
    const again: string[] = [];
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const state = test.result().state;
        count[state === 'pending' ? 'failed' : state] += 1;
        const retries = test.diagnostic()?.retryCount ?? 0;
        if (state !== 'passed' || retries === 0) continue;
        const why = test.result().errors?.[0]?.message.split('\n')[0] ?? 'it did not say why';
        again.push(`  ${module.relativeModuleId} > ${test.fullName}: passed at try ${retries + 1} (${why})\n`);
      }
      // A file that could not be loaded has no tests to count, but has failed all the same.
      if (module.errors().length > 0) count.failed += 1;
    }
    count.failed += unhandledErrors.length;
    process.once('exit', (code) => {
      // A run whose set-up failed has counted nothing, but is no success.
      if (code !== 0 && count.failed === 0) count.failed = 1;
      if (again.length > 0) writeSync(1, `Flaky, to be mended:\n${again.join('')}`);
      writeSync(1, `${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`);
    });
  }
}

import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Files that run for more than a minute, about the longest first: begun last, one of them would run on alone while a core is idle.
 * `voicemail` times a greeting, so it comes after those that start many processes.
 */
const longest = [
  'commands/up',
  'dispatch/kill',
  'telemetry/metrics/metrics',
  'storm/storm',
  'dispatch/outbound',
  'web/trouble',
  'web/accessible',
  'dispatch/voicemail',
  'dispatch/warm-transfer',
  'dispatch/stall',
  'worker/host',
].map((name) => `/test/${name}.e2e.test.ts`);

/** The order in which files of whole calls start; all others keep Vitest's own. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const found = longest.findIndex((name) => moduleId.endsWith(name));
      return found < 0 ? longest.length : found;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

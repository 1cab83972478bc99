import { readFileSync } from 'node:fs';
import type { Check } from '../check.ts';
import { failed, ok, warning } from '../finding.ts';

/** The oldest that runs the program: `engines.node` of package.json, `>=22.18`. */
const oldest = (
  JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { engines: { node: string } }
).engines.node.replace('>=', '');

export const node: Check = {
  about: 'The version of Node.',
  async run({ machine: { nodeVersion } }) {
    const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
    const [oldestMajor = 0, oldestMinor = 0] = oldest.split('.').map(Number);
    const cure = 'Install Node 24, or use the image or `make run`, which bring it.';
    if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor))
      return failed(`Node ${nodeVersion} is too old; ${oldest} is the oldest that can run this.`, cure);
    if (major % 2 === 1) return warning(`Node ${nodeVersion} is not a version with long-term support.`, cure);
    return ok(`Node ${nodeVersion}.`);
  },
};

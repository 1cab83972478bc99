import { bringTool, tools } from './tools.ts';

/** Before the tests: brings the tools that they run. What cannot be had is said; the tests that need it are skipped. */
await Promise.all(
  tools.map((name) =>
    bringTool(name).catch((error: Error) => void process.stderr.write(`SKIPPED LOUDLY: ${error.message}\n`)),
  ),
);

import { monitorEventLoopDelay } from 'node:perf_hooks';

const resolutionMs = 20;

/** How a process fares: how late its event loop is, in seconds (the 99th percentile), and its resident memory. */
export type Vitals = { lagSeconds: number; residentBytes: number };

/** Watches the event loop of this process. `take` tells about the time since it was last asked. */
export function watchVitals(): { take(): Vitals; close(): void } {
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  delays.enable();
  return {
    take: () => {
      const lateMs = delays.count > 0 ? delays.percentile(99) / 1e6 - resolutionMs : 0;
      delays.reset();
      return { lagSeconds: Math.max(0, lateMs) / 1000, residentBytes: process.memoryUsage.rss() };
    },
    close: () => void delays.disable(),
  };
}

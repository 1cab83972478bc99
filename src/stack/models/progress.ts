const sayEveryMs = 2000;

/**
 * Says how far something of known size is, at most every two seconds and only if it takes longer than that.
 * `update` takes the bytes so far; `done` says a closing line if any line was said before it.
 */
export function createProgress(what: string, totalBytes: number, log: (line: string) => void) {
  const startedMs = performance.now();
  let saidMs = startedMs;
  return {
    update(bytes: number): void {
      const nowMs = performance.now();
      if (nowMs - saidMs < sayEveryMs) return;
      saidMs = nowMs;
      const percent = Math.min(99, Math.floor((100 * bytes) / totalBytes));
      log(`${what}: ${megabytes(bytes)} of ${megabytes(totalBytes)} MB (${percent} %)`);
    },
    done(): void {
      if (saidMs === startedMs) return;
      log(`${what}: fetched in ${Math.round((performance.now() - startedMs) / 1000)} s`);
    },
  };
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 10e6 ? 1 : 0);
}

/** Tells the person at the terminal what is being done. A step that takes over two seconds shows that it still runs. */
export type Progress = {
  /** Runs `work` as a named step; `say` adds a detail, such as "31 of 58 MB". */
  step<T>(name: string, work: (say: (detail: string) => void) => Promise<T>): Promise<T>;
};

/** Lines on `out`: one when a step has taken two seconds, then at most every five with its latest detail, one when done. */
export function consoleProgress(out: NodeJS.WritableStream): Progress {
  return {
    async step(name, work) {
      const startedAt = performance.now();
      let detail = '';
      let shown = 0;
      const seconds = () => ((performance.now() - startedAt) / 1000).toFixed(1);
      const timer = setInterval(() => {
        if (shown === 0 || performance.now() - shown >= 5000) {
          shown = performance.now();
          out.write(`  … ${name}${detail ? `: ${detail}` : ''} (${seconds()} s)\n`);
        }
      }, 2000);
      try {
        const result = await work((text) => (detail = text));
        out.write(`  ✓ ${name}${detail ? `: ${detail}` : ''} (${seconds()} s)\n`);
        return result;
      } catch (error) {
        out.write(`  ✗ ${name} (${seconds()} s)\n`);
        throw error;
      } finally {
        clearInterval(timer);
      }
    },
  };
}

/** Whether something Parley needs can be reached; `message` says what to do when it is down. */
export type DependencyState = { status: 'up' | 'down'; message?: string };

/**
 * Looks at each dependency in the background, so that asking for its state costs nothing and never waits.
 * A check passes by resolving; what it throws becomes the message. The first round is awaited by `ready`.
 */
export function watchDependencies(options: { checks: Record<string, () => Promise<void>>; everySeconds: number }): {
  states: () => Record<string, DependencyState>;
  ready: Promise<void>;
  close(): void;
} {
  const states: Record<string, DependencyState> = {};
  let looking: Promise<void> | undefined;
  async function look(): Promise<void> {
    await Promise.all(
      Object.entries(options.checks).map(async ([name, check]) => {
        try {
          await check();
          states[name] = { status: 'up' };
        } catch (error) {
          states[name] = { status: 'down', message: error instanceof Error ? error.message : String(error) };
        }
      }),
    );
    looking = undefined;
  }
  const ready = (looking = look());
  const timer = setInterval(() => void (looking ??= look()), options.everySeconds * 1000);
  timer.unref();
  return { states: () => ({ ...states }), ready, close: () => clearInterval(timer) };
}

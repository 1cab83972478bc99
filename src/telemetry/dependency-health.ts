/** Whether something Parley needs can be reached; `message` says what to do when it is down. */
export type DependencyState = { status: 'up' | 'down'; message?: string };

/** What is asked in the background: every `everyMs`, each time for `limitMs` at most. */
const defaultPace = { everyMs: 500, limitMs: 1_400 };

/**
 * Looks at each dependency in the background, each at its own pace, so that asking for its state costs nothing and never waits,
 * and what hangs is known to be away within two seconds. A check passes by resolving; what it throws becomes the message. The
 * first round is awaited by `ready`.
 */
export function watchDependencies(options: {
  checks: Record<string, () => Promise<void>>;
  pace?: typeof defaultPace;
}): {
  states: () => Record<string, DependencyState>;
  ready: Promise<void>;
  close(): void;
} {
  const { everyMs, limitMs } = options.pace ?? defaultPace;
  const states: Record<string, DependencyState> = {};
  const watched = Object.entries(options.checks).map(([name, check]) => {
    let asked: Promise<void> | undefined;
    async function look(): Promise<void> {
      // A check that is late is not asked a second time, and its late answer counts.
      asked ??= check()
        .then(
          () => void (states[name] = { status: 'up' }),
          (error: unknown) =>
            void (states[name] = { status: 'down', message: error instanceof Error ? error.message : String(error) }),
        )
        .finally(() => (asked = undefined));
      if (await isLate(asked, limitMs))
        states[name] = { status: 'down', message: `There was no answer within ${limitMs / 1000} s.` };
    }
    const first = look();
    const timer = setInterval(() => void look(), everyMs).unref();
    return { first, timer };
  });
  return {
    states: () => ({ ...states }),
    ready: Promise.all(watched.map(({ first }) => first)).then(() => undefined),
    close: () => watched.forEach(({ timer }) => clearInterval(timer)),
  };
}

async function isLate(work: Promise<void>, limitMs: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(true), limitMs);
  try {
    return await Promise.race([work.then(() => false), promise]);
  } finally {
    clearTimeout(timer);
  }
}

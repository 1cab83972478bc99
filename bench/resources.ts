type Stoppable = { stop(): Promise<void> };

/** Things that were started and must be stopped, last first, whatever happens. */
export type Resources = AsyncDisposable & {
  use<T extends Stoppable>(started: T): T;
  /** A part that can be stopped earlier. */
  nested(): Resources;
};

/** Runs something and stops what it started when it is done, fails, or is interrupted. */
export async function withResources(run: (resources: Resources) => Promise<void>): Promise<void> {
  await using all = createResources();
  const onSignal = (signal: NodeJS.Signals) => {
    const exit = () => process.exit(signal === 'SIGINT' ? 130 : 143);
    all[Symbol.asyncDispose]().then(exit, exit);
  };
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    await run(all);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

function createResources(): Resources {
  const stops: (() => Promise<void>)[] = [];
  let stopping: Promise<void> | undefined;
  const stopAll = async () => {
    for (let stop = stops.pop(); stop; stop = stops.pop()) await stop();
  };
  const resources: Resources = {
    use(started) {
      stops.push(() => started.stop());
      return started;
    },
    nested() {
      const part = createResources();
      stops.push(() => part[Symbol.asyncDispose]() as Promise<void>);
      return part;
    },
    [Symbol.asyncDispose]: () => (stopping ??= stopAll()),
  };
  return resources;
}

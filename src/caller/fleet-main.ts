import { inspect } from 'node:util';
import { dispose } from '@livekit/rtc-node';
import { type CallerMoment, runCaller } from './run-caller.ts';
import type { FleetAnswer, FleetRequest } from './fleet.ts';

const over = new AbortController();
const answer = (message: FleetAnswer) => process.connected && process.send?.(message);

process.on('message', ({ id, call }: FleetRequest) => {
  const onMoment = (step: number, moment: CallerMoment) => answer({ id, step, moment });
  runCaller({ ...call, signal: over.signal, onMoment }).then(
    (report) => answer({ id, report }),
    (error: unknown) => answer({ id, error: error instanceof Error ? error.message : String(error) }),
  );
});
// Native events of one room may throw where nobody waits; the other callers go on, and a call that suffers says so itself.
for (const event of ['uncaughtException', 'unhandledRejection'] as const)
  process.on(event, (error: unknown) => process.stderr.write(`In the process of the callers: ${inspect(error)}\n`));
process.once('disconnect', () => {
  over.abort();
  void dispose().finally(() => process.exit(0));
});

import { dispose } from '@livekit/rtc-node';
import { startSipDouble } from '../test/fakes/sip-double.ts';
import type { LivekitAddress } from '../test/fakes/sip-phone.ts';
import type { SipAnswer, SipRequest } from './sip.ts';

const double = await startSipDouble(JSON.parse(process.argv[2] ?? '{}') as LivekitAddress);
const answer = (message: SipAnswer) => process.connected && process.send?.(message);
const unixMs = (ms: number | undefined) => (ms === undefined ? null : performance.timeOrigin + ms);

process.on('message', (request: SipRequest) => {
  if (request.ask === 'set') {
    for (const number of request.numbers) double.set(number, request.behaviour);
    answer({ id: request.id, dials: [] });
  } else
    answer({
      id: request.id,
      dials: double.dials.map(({ to, atMs, phone: { answeredAtMs, heardAtMs } }) => ({
        to,
        atMs: unixMs(atMs) ?? 0,
        answeredAtMs: unixMs(answeredAtMs),
        heardAtMs: unixMs(heardAtMs),
      })),
    });
});
// Native events of one room may throw where nobody waits; the other phones go on.
for (const event of ['uncaughtException', 'unhandledRejection'] as const)
  process.on(event, (error: unknown) => console.error('In the process of the phones:', error));
process.once('disconnect', () => {
  setTimeout(() => process.exit(0), 3000).unref();
  void double
    .close()
    .then(() => dispose())
    .finally(() => process.exit(0));
});
answer({ url: double.url });

import { dispose } from '@livekit/rtc-node';
import { startSipDouble } from '../test/fakes/sip-double.ts';
import type { LivekitAddress, SipPhone } from '../test/fakes/sip-phone.ts';
import type { Dialled, SipAnswer, SipRequest } from './sip.ts';

const double = await startSipDouble(JSON.parse(process.argv[2] ?? '{}') as LivekitAddress);
const answer = (message: SipAnswer) => process.connected && process.send?.(message);
const unixMs = (ms: number | undefined) => (ms === undefined ? null : performance.timeOrigin + ms);

const inbound: { from: string; atMs: number; phone: SipPhone }[] = [];

const seen = (to: string, atMs: number, { answeredAtMs, heardAtMs }: SipPhone): Dialled => ({
  to,
  atMs: unixMs(atMs) ?? 0,
  answeredAtMs: unixMs(answeredAtMs),
  heardAtMs: unixMs(heardAtMs),
});

async function callIn({ from, room, staysMs }: Extract<SipRequest, { ask: 'call_in' }>): Promise<void> {
  const atMs = performance.now();
  const phone = await double.callIn({ from, to: '+14155550100', room, ruleId: 'SDR_bench', trunkId: 'ST_in' });
  inbound.push({ from, atMs, phone });
  const leaving = setInterval(() => {
    if (performance.now() > (phone.answeredAtMs ?? Infinity) + staysMs) void phone.hangUp();
    if (!phone.room.isConnected) clearInterval(leaving);
  }, 100);
}

async function carryOut(request: SipRequest): Promise<void> {
  if (request.ask === 'set') for (const number of request.numbers) double.set(number, request.behaviour);
  if (request.ask === 'call_in') await callIn(request);
  answer({
    id: request.id,
    dials: double.dials.map(({ to, atMs, phone }) => seen(to, atMs, phone)),
    inbound: inbound.map(({ from, atMs, phone }) => seen(from, atMs, phone)),
  });
}

process.on('message', (request: SipRequest) => void carryOut(request));
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

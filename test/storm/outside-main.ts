import { fileURLToPath } from 'node:url';
import { DisconnectReason, dispose, RoomEvent } from '@livekit/rtc-node';
import { openLine } from '../../src/caller/line.ts';
import { callerRateHz } from '../../src/caller/microphone.ts';
import { resample } from '../../src/caller/resample.ts';
import { readWav, toMono } from '../../src/caller/wav.ts';
import { startSipDouble } from '../fakes/sip-double.ts';
import { type LivekitAddress, phoneRateHz, type SipPhone } from '../fakes/sip-phone.ts';
import { joined, silence } from '../telephony/tones.ts';
import type { OutsideAnswer, OutsideRequest, Seen, Witness } from './outside.ts';

const livekit = JSON.parse(process.argv[2] ?? '{}') as LivekitAddress;
const double = await startSipDouble(livekit);
const answer = (message: OutsideAnswer) => process.connected && process.send?.(message);
const question = toMono(await readWav(fileURLToPath(new URL('../../src/caller/speech/hours.wav', import.meta.url))));
const asked = resample(question, callerRateHz).pcm;
/** A minute of a person who asks every nine seconds. */
const talk = joined(
  Array.from({ length: 7 }, () => [
    silence({ ms: 6_000, sampleRateHz: phoneRateHz }),
    resample(question, phoneRateHz).pcm,
  ]).flat(),
);
const audible = 300;
const unixMs = (ms: number) => performance.timeOrigin + ms;

type Watched = { witness: Witness; heard: Set<number> };
const people: Watched[] = [];
const phones = new Map<SipPhone, Watched>();

function watch(
  witness: Omit<Witness, 'joinedAtMs' | 'answeredAtMs' | 'leftAtMs' | 'leftBy' | 'heardSeconds'>,
): Watched {
  const joinedAtMs = Date.now();
  const person: Watched = {
    witness: { ...witness, joinedAtMs, answeredAtMs: null, leftAtMs: null, leftBy: null, heardSeconds: [] },
    heard: new Set(),
  };
  people.push(person);
  return person;
}
function left({ witness }: Watched, by: string): void {
  witness.leftAtMs ??= Date.now();
  witness.leftBy ??= by;
}

function watchPhone(phone: SipPhone, who: string, kind: 'inbound' | 'outbound'): void {
  const person = watch({ who, room: phone.room.name ?? '', kind });
  phones.set(phone, person);
  const gone = (reason: DisconnectReason) =>
    left(person, reason === DisconnectReason.CLIENT_INITIATED ? 'self' : (DisconnectReason[reason] ?? String(reason)));
  phone.room.on(RoomEvent.Disconnected, gone);
  void phone.left.then(() => left(person, 'self'));
}

/** Notes in which seconds the phones heard something, and forgets the sound. */
function listen(): void {
  const dialled = double.dials.filter(({ phone }) => !phones.has(phone) && phone.room.isConnected);
  for (const { phone, to } of dialled) watchPhone(phone, to, 'outbound');
  for (const [phone, { witness, heard }] of phones) {
    if (phone.answeredAtMs !== undefined) witness.answeredAtMs ??= unixMs(phone.answeredAtMs);
    const frames = phone.heard.splice(0);
    if (witness.answeredAtMs !== null && frames.some((frame) => frame.some((sample) => Math.abs(sample) > audible)))
      heard.add(Math.floor((Date.now() - witness.answeredAtMs) / 1000));
  }
}
setInterval(listen, 250).unref();

async function callIn({ from, room, staysSeconds }: { from: string; room: string; staysSeconds: number }) {
  const phone = await double.callIn({ from, to: '+14155550100', room, ruleId: 'SDR_x', trunkId: 'ST_in', plays: talk });
  watchPhone(phone, from, 'inbound');
  void stay(phone, staysSeconds);
}

/** Hangs up so long after the answer; one whom nobody answers gives up. */
async function stay(phone: SipPhone, staysSeconds: number): Promise<void> {
  const givesUpMs = performance.now() + 90_000;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const over = phone.answeredAtMs === undefined ? givesUpMs : phone.answeredAtMs + staysSeconds * 1000;
    if (performance.now() > over) return phone.hangUp();
    if (!phone.room.isConnected) return;
  }
}

async function join({
  url,
  token,
  room,
  staysSeconds,
}: {
  url: string;
  token: string;
  room: string;
  staysSeconds: number;
}) {
  const person = watch({ who: room, room, kind: 'web' });
  const gone = Promise.withResolvers<void>();
  const opening = openLine({
    url,
    token,
    // That the agent leaves is not the end: another one may come.
    onEnd: ({ by, reason }) => {
      if (by === 'agent') return;
      left(person, reason);
      gone.resolve();
    },
    onError: (error) => {
      left(person, `error: ${String(error)}`);
      gone.resolve();
    },
  });
  const line = await opening.catch((error: Error) => {
    left(person, `never came in: ${error.message}`);
    throw error;
  });
  const joinedMs = performance.now();
  person.witness.answeredAtMs = Date.now();
  const asking = setInterval(() => void line.microphone.say(asked).catch(() => undefined), 9_000);
  const leave = setTimeout(() => {
    left(person, 'self');
    gone.resolve();
  }, staysSeconds * 1000);
  await gone.promise;
  clearInterval(asking);
  clearTimeout(leave);
  for (const { startMs, lastMs } of line.agentSegments())
    for (let at = startMs; at <= lastMs; at += 500) person.heard.add(Math.floor((at - joinedMs) / 1000));
  await line.close();
}

async function carryOut(request: OutsideRequest): Promise<Seen> {
  if (request.ask === 'behave')
    double.set(request.number, { ...request.behaviour, ...(request.behaviour.does === 'answer' && { plays: talk }) });
  if (request.ask === 'sip_away') double.setAway(request.away);
  if (request.ask === 'call_in') await callIn(request);
  if (request.ask === 'join') void join(request).catch((error: Error) => console.error('A browser:', error.message));
  listen();
  return {
    witnesses: people.map(({ witness, heard }) => ({ ...witness, heardSeconds: [...heard].toSorted((a, b) => a - b) })),
    dials: double.dials.map(({ to }) => to),
  };
}

process.on('message', (request: OutsideRequest) => {
  carryOut(request).then(
    (seen) => answer({ id: request.id, seen }),
    (error: Error) => answer({ id: request.id, error: error.message }),
  );
});
// Native events of one room may throw where nobody waits; the other people go on.
for (const event of ['uncaughtException', 'unhandledRejection'] as const)
  process.on(event, (error: unknown) => console.error('In the process of the people:', error));
process.once('disconnect', () => {
  setTimeout(() => process.exit(0), 3000).unref();
  void double
    .close()
    .then(() => dispose())
    .finally(() => process.exit(0));
});
answer({ url: double.url });

import { setTimeout as sleep } from 'node:timers/promises';
import { SipClient } from 'livekit-server-sdk';
import { createDispatchRule, createInboundTrunk, createOutboundTrunk } from '../../telephony/index.ts';
import { numberOf, startRig } from '../dispatch/rig.ts';
import { openPhoneBank, type Phone, type PhoneScript } from './phone-bank.ts';
import { startRealStack } from './real-stack.ts';

/** Number of Parley that phones call. */
export const deskNumber = '+14155550100';

/** What is recorded of a call, as the API tells it. */
export type Recorded = {
  call_id: string;
  status: string;
  outcome: string | null;
  end_reason: string | null;
  hung_up_by: string | null;
  answered_at: string | null;
  ended_at: string | null;
  attempt: number;
  report?: { greeting_ms?: number };
};

export type SipRig = Awaited<ReturnType<typeof startSipRig>>;

/** Parley as its operator runs it, on a real livekit-server and livekit-sip, with a carrier of real phones behind. */
export async function startSipRig(options: { sip?: Record<string, unknown>; settings?: Record<string, string> } = {}) {
  const stack = await startRealStack(options.sip);
  const bank = await openPhoneBank();
  const client = new SipClient(stack.url.replace('ws', 'http'), stack.apiKey, stack.apiSecret);
  const address = `127.0.0.1:${bank.port}`;
  const outbound = await createOutboundTrunk(client, { name: 'carrier', address, numbers: [deskNumber] });
  const inbound = await createInboundTrunk(client, { name: 'desk', numbers: [deskNumber] });
  const rig = await startRig({
    LIVEKIT_URL: stack.url,
    LIVEKIT_API_KEY: stack.apiKey,
    LIVEKIT_API_SECRET: stack.apiSecret,
    SIP_TRUNK_ID: outbound.id,
    ...options.settings,
  });
  await createDispatchRule(client, {
    name: 'desk',
    trunkIds: [inbound.id],
    agentName: rig.agentName,
    metadata: JSON.stringify({ agent: 'notice', tenantId: 'default' }),
    roomPrefix: 'call',
  });
  const closeServers = async () => {
    await rig.close();
    bank.close();
    await stack.close();
  };
  let [, worker] = await Promise.all([rig.startServe(), rig.startWorker()]).catch(async (error: unknown) => {
    await closeServers();
    throw error;
  });

  let numbers = 0;
  const rows: string[] = [];
  const recorded = async (id: string): Promise<Recorded> =>
    (await rig.send('GET', `/api/calls/${id}`)).body as Recorded;

  const sipRig = {
    stack,
    bank,
    rig,
    recorded,
    /** Another trunk, to a carrier there, made as an operator makes one. */
    async trunkTo(to: string): Promise<string> {
      const trunk = { direction: 'outbound', name: to, address: to, numbers: [deskNumber], allowed_countries: ['US'] };
      const { body } = await rig.send('POST', '/api/trunks', trunk);
      return body.trunk_id as string;
    },
    nextNumber: () => numberOf((numbers += 1)),
    stopWorker: () => worker.stop(),
    startWorker: async () => void (worker = await rig.startWorker()),
    /** Why no phone was rung, the last time that it was tried. */
    async notDialled(id: string): Promise<string | undefined> {
      const rows = await rig.query<{ why: string }>(
        "SELECT data->>'not_dialled' AS why FROM parley.call_events WHERE call_id = $1 AND data ? 'not_dialled' ORDER BY sequence DESC",
        [id],
      );
      return rows[0]?.why;
    },
    /** Calls a phone that behaves so. */
    async place(script: PhoneScript | undefined, more: Record<string, unknown> = {}) {
      const number = sipRig.nextNumber();
      if (script) bank.set(number, script);
      return { number, id: await rig.dispatch(number, more) };
    },
    /** The phone at a number, once it is called. */
    async phoneAt(number: string, seconds = 20): Promise<Phone> {
      for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; await sleep(10)) {
        const phone = bank.calledAt(number).at(-1);
        if (phone) return phone;
      }
      throw new Error(`${number} was not called within ${seconds} s.\n${rig.logs()}`);
    },
    /** Waits for the end of a call, and writes a line of the table about it and what its phone saw. */
    async end(name: string, { id, number, seconds = 40 }: { id: string; number: string; seconds?: number }) {
      await rig.until(id, 'ended', seconds).catch(() => undefined);
      // What the phone still sees of it, such as a BYE, comes a moment later.
      await sleep(1_000);
      const call = await recorded(id);
      const phones = bank.calledAt(number);
      rows.push(lineOf(name, { call, phones, events: await rig.events(id) }));
      return { call, phone: phones.at(-1), phones, events: await rig.events(id) };
    },
    note: (name: string, line: Parameters<typeof lineOf>[1]) => void rows.push(lineOf(name, line)),
    table: () => [tableHead, ...rows].join('\n'),
    async close() {
      process.stdout.write(`\n${sipRig.table()}\n\n`);
      await closeServers();
    },
  };
  return sipRig;
}

const tableHead = [
  '| case | recorded | answered_at − pick-up, ended_at − hang-up (ms) | greeting_ms | the phone saw |',
  '| --- | --- | --- | --- | --- |',
].join('\n');

/** Milliseconds from what the phone saw to what was recorded. */
export function lateness(recordedAt: string | null, seenAtMs: number | undefined): number | undefined {
  if (recordedAt === null || seenAtMs === undefined) return undefined;
  return Math.round(Date.parse(recordedAt) - performance.timeOrigin - seenAtMs);
}

function lineOf(
  name: string,
  { call, phones, events }: { call: Recorded; phones: readonly Phone[]; events: string[] },
) {
  const phone = phones.at(-1);
  const said = (ms: number | undefined) => (ms === undefined ? '–' : `${ms}`);
  const over = phone?.byeAtMs ?? phone?.hungUpAtMs ?? phone?.canceledAtMs;
  const seen = (label: string, atMs: number | undefined) =>
    atMs === undefined || !phone ? [] : [`${label} ${Math.round(atMs - phone.invitedAtMs)}`];
  const saw = phone && [
    `${phones.length} INVITE`,
    ...seen('rings', phone.ringingAtMs),
    ...seen('200', phone.answeredAtMs),
    ...seen('hears', phone.media.heardAtMs),
    ...seen('CANCEL', phone.canceledAtMs),
    ...seen('BYE', phone.byeAtMs),
    ...seen('hangs up', phone.hungUpAtMs),
  ];
  const cells = [
    name,
    [call.outcome ?? call.status, call.end_reason, call.hung_up_by].join(' / ') +
      (call.answered_at ? ', answered' : '') +
      (events.includes('call.answered') && !call.answered_at ? ', call.answered' : ''),
    `${said(lateness(call.answered_at, phone?.answeredAtMs))}, ${said(lateness(call.ended_at, over))}`,
    said(call.report?.greeting_ms),
    saw?.join(' · ') ?? 'no INVITE',
  ];
  return `| ${cells.join(' | ')} |`;
}

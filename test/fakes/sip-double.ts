import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type ServerResponse, createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect, type Socket } from 'node:net';
import { joined, silence, tone } from '../telephony/tones.ts';
import { type LivekitAddress, notDialled, type PhoneBehaviour, phoneRateHz, SipPhone } from './sip-phone.ts';
import { notFound, notRegistered, refusal, type Reply, unsent, wordLost } from './sip-replies.ts';

/** One request to ring a phone, as it reached the trunk. */
export type Dial = {
  to: string;
  from: string;
  trunkId: string;
  room: string;
  ringSeconds: number;
  atMs: number;
  phone: SipPhone;
};

export type SipDouble = {
  /** A livekit-server with SIP: everything but SIP is passed on to the real one. */
  url: string;
  /** Every phone that was rung, in order. */
  dials: Dial[];
  /** What a number does from now on; a list is one behaviour per attempt, the last for all later ones. */
  set(number: string, behaviour: PhoneBehaviour | PhoneBehaviour[]): void;
  /** A phone calls one of the numbers: the room and the leg are there at once, answered when somebody publishes audio. */
  callIn(request: {
    from: string;
    to: string;
    room: string;
    ruleId: string;
    trunkId: string;
    /** Sound it makes once answered; silence when absent. */
    plays?: Int16Array;
  }): Promise<SipPhone>;
  /** From now on no SIP service is registered with LiveKit, or one is again. Phones that are on the line stay. */
  setAway(away: boolean): void;
  /** Requests to ring a phone for which no INVITE was sent. */
  refused: { to: string; why: keyof typeof notDialled }[];
  /** REFERs received. */
  transfers: { room: string; identity: string; to: string }[];
  close(): Promise<void>;
};

/**
 * The far end of telephony: livekit-sip and the carrier behind it, as they were seen to behave. It stands as a proxy in front of
 * a real livekit-server, answers `/twirp/livekit.SIP/*` itself and joins rooms as a participant of kind SIP.
 */
export async function startSipDouble(livekit: LivekitAddress): Promise<SipDouble> {
  const behaviours = new Map<string, PhoneBehaviour[]>();
  const dials: Dial[] = [];
  const refused: SipDouble['refused'] = [];
  const transfers: SipDouble['transfers'] = [];
  const phones = new Set<SipPhone>();
  const trunks: Record<string, unknown>[] = [];
  const rules: Record<string, unknown>[] = [];
  let away = false;
  const target = new URL(livekit.url.replace(/^ws/, 'http'));

  const behaviourFor = (number: string): PhoneBehaviour => {
    const list = behaviours.get(number) ?? [{ does: 'answer', afterMs: 200 }];
    return (list.length > 1 ? list.shift() : list[0])!;
  };

  async function createSipParticipant(body: Record<string, unknown>): Promise<Reply | 'cut'> {
    if (away) return notRegistered;
    const to = text(body, 'sipCallTo', 'sip_call_to');
    const room = text(body, 'roomName', 'room_name');
    const identity = text(body, 'participantIdentity', 'participant_identity') || 'sip-participant';
    const trunkId = text(body, 'sipTrunkId', 'sip_trunk_id');
    const ringSeconds = Number.parseFloat(text(body, 'ringingTimeout', 'ringing_timeout')) || 30;
    const waits = Boolean(body['waitUntilAnswered'] ?? body['wait_until_answered']);
    const from = text(body, 'sipNumber', 'sip_number');
    const behaviour = behaviourFor(to);
    if (behaviour.does === 'not_dialled' && !notDialled[behaviour.why].joins) {
      refused.push({ to, why: behaviour.why });
      return unsent(behaviour.why);
    }
    const phone = new SipPhone(identity);
    phones.add(phone);
    if (behaviour.does === 'not_dialled') refused.push({ to, why: behaviour.why });
    else dials.push({ to, from, trunkId, room, ringSeconds, atMs: performance.now(), phone });
    const callId = `SCL_${randomUUID().slice(0, 12)}`;
    await phone.join(livekit, room, {
      ...(body['participantAttributes'] as Record<string, string> | undefined),
      'sip.callID': callId,
      'sip.trunkID': trunkId,
      'sip.trunkPhoneNumber': from,
      'sip.phoneNumber': to,
      'sip.hostname': 'carrier.test',
      'sip.callStatus': 'dialing',
    });
    const outcome = play(phone, behaviour, ringSeconds);
    if (waits) {
      const failure = await Promise.race([outcome, wordLost(behaviour)]);
      if (failure) return failure;
    } else void outcome;
    return {
      status: 200,
      body: { participant_id: 'PA_x', participant_identity: identity, room_name: room, sip_call_id: callId },
    };
  }

  /** Answers undefined when the phone was answered, else what the API says. */
  async function play(phone: SipPhone, behaviour: PhoneBehaviour, ringSeconds: number): Promise<Reply | undefined> {
    const timedOut: Reply = { status: 408, body: { code: 'canceled', msg: 'sip request timed out' } };
    const leftEarly = phone.left.then(() => 'left' as const);
    const wait = (ms: number) =>
      Promise.race([leftEarly, new Promise<'over'>((resolve) => setTimeout(resolve, ms, 'over'))]);
    // The 180 takes a round trip to the carrier, so the room sees `dialing` first.
    await wait(30);
    if (behaviour.does === 'not_dialled') {
      setTimeout(() => void phone.leave(), 5);
      return unsent(behaviour.why);
    }
    if (behaviour.does === 'vanish') {
      await phone.setStatus('ringing');
      if ((await wait(behaviour.afterMs)) === 'over') await phone.leave();
      await new Promise((resolve) => setTimeout(resolve, (ringSeconds + 5) * 1000, undefined).unref());
      return { status: 408, body: { code: 'deadline_exceeded', msg: 'request timed out' } };
    }
    if (behaviour.does === 'nothing_listens' || behaviour.does === 'ring_for_ever') {
      if (behaviour.does === 'ring_for_ever') await phone.setStatus('ringing');
      if ((await wait(ringSeconds * 1000)) === 'over') setTimeout(() => void phone.leave(), 50);
      return timedOut;
    }
    if (behaviour.does === 'refuse') {
      await phone.setStatus('ringing');
      if ((await wait(behaviour.afterMs)) === 'left') return timedOut;
      setTimeout(() => void phone.leave(), 5);
      return refusal(behaviour.sipStatus, behaviour.sipText);
    }
    if (behaviour.does === 'voicemail') {
      await phone.setStatus('ringing');
      if ((await wait(behaviour.afterMs)) === 'left') return timedOut;
      await phone.answer(machineSound(behaviour));
      void phone.played
        .then(() => wait(behaviour.recordsMs))
        .then((how) => (how === 'over' ? phone.hangUp() : undefined));
      return undefined;
    }
    if (behaviour.rings !== false) await phone.setStatus('ringing');
    if (behaviour.afterMs > ringSeconds * 1000) {
      if ((await wait(ringSeconds * 1000)) === 'over') setTimeout(() => void phone.leave(), 50);
      return timedOut;
    }
    if ((await wait(behaviour.afterMs)) === 'left') return timedOut;
    if (behaviour.rings === false) await phone.setStatus('ringing');
    await phone.answer(behaviour.plays);
    if (behaviour.lostAfterMs !== undefined)
      void wait(behaviour.lostAfterMs).then((how) => (how === 'over' ? phone.leave() : undefined));
    if (behaviour.hangUpAfterMs !== undefined)
      void wait(behaviour.hangUpAfterMs).then((how) => (how === 'over' ? phone.hangUp() : undefined));
    return undefined;
  }

  const api: Record<string, (body: Record<string, unknown>) => Promise<Reply | 'cut'> | Reply> = {
    CreateSIPParticipant: createSipParticipant,
    TransferSIPParticipant: (body) => {
      const transfer = {
        room: text(body, 'roomName', 'room_name'),
        identity: text(body, 'participantIdentity', 'participant_identity'),
        to: text(body, 'transferTo', 'transfer_to'),
      };
      transfers.push(transfer);
      const behaviour = behaviours.get(transfer.to.replace('tel:', ''))?.[0];
      if (behaviour?.does === 'refuse') return refusal(behaviour.sipStatus, behaviour.sipText);
      const phone = [...phones].find(
        (known) => known.identity === transfer.identity && known.room.name === transfer.room,
      );
      setTimeout(() => void phone?.leave(), 100);
      return { status: 200, body: {} };
    },
    CreateSIPOutboundTrunk: (body) => remember(trunks, 'sip_trunk_id', 'ST_', body['trunk'], { direction: 'outbound' }),
    CreateSIPInboundTrunk: (body) => remember(trunks, 'sip_trunk_id', 'ST_', body['trunk'], { direction: 'inbound' }),
    CreateSIPDispatchRule: (body) => remember(rules, 'sip_dispatch_rule_id', 'SDR_', body['dispatchRule'] ?? body, {}),
    UpdateSIPDispatchRule: (body) => {
      const id = text(body, 'sipDispatchRuleId', 'sip_dispatch_rule_id');
      const rule = rules.find((item) => item['sip_dispatch_rule_id'] === id);
      if (!rule) return notFound;
      return { status: 200, body: Object.assign(rule, body['replace'], { sip_dispatch_rule_id: id }) };
    },
    ListSIPOutboundTrunk: () => ({
      status: 200,
      body: { items: trunks.filter((trunk) => trunk['direction'] === 'outbound') },
    }),
    ListSIPInboundTrunk: () => ({
      status: 200,
      body: { items: trunks.filter((trunk) => trunk['direction'] === 'inbound') },
    }),
    ListSIPDispatchRule: () => ({ status: 200, body: { items: rules } }),
    DeleteSIPTrunk: (body) => forget(trunks, 'sip_trunk_id', text(body, 'sipTrunkId', 'sip_trunk_id')),
    DeleteSIPDispatchRule: (body) =>
      forget(rules, 'sip_dispatch_rule_id', text(body, 'sipDispatchRuleId', 'sip_dispatch_rule_id')),
  };

  const server = createServer((incoming, response) => void handle(incoming, response));
  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = /^\/twirp\/livekit\.SIP\/(\w+)$/.exec(incoming.url ?? '')?.[1];
    const answer = method ? api[method] : undefined;
    if (!answer) return passOn(target, incoming, response);
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const reply = await Promise.resolve(
      answer(JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>),
    ).catch((error: Error): Reply => ({ status: 500, body: { code: 'internal', msg: error.message } }));
    if (reply === 'cut') return void response.destroy();
    // The SDK reads the body of an error only under exactly this content type.
    response.writeHead(reply.status, { 'content-type': 'application/json' }).end(JSON.stringify(reply.body));
  }
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (incoming, socket, head) => {
    const upstream = connect(Number(target.port), target.hostname, () => {
      const headers = Object.entries(incoming.headers).map(([name, value]) => `${name}: ${String(value)}`);
      upstream.write(`${incoming.method} ${incoming.url} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
      upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
    socket.on('close', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    dials,
    refused,
    transfers,
    set: (number, behaviour) => void behaviours.set(number, Array.isArray(behaviour) ? [...behaviour] : [behaviour]),
    setAway: (isAway) => void (away = isAway),
    async callIn({ from, to, room, ruleId, trunkId, plays }) {
      const phone = new SipPhone(`sip_${from}`);
      phones.add(phone);
      await phone.join(livekit, room, {
        'sip.callID': `SCL_${randomUUID().slice(0, 12)}`,
        'sip.callStatus': 'ringing',
        'sip.ruleID': ruleId,
        'sip.trunkID': trunkId,
        'sip.trunkPhoneNumber': to,
        'sip.phoneNumber': from,
      });
      // livekit-sip answers once somebody else publishes audio, and rings until then.
      const answerWhenPublished = () => {
        const published = [...phone.room.remoteParticipants.values()].some((other) => other.trackPublications.size > 0);
        if (published && phone.answeredAtMs === undefined) void phone.answer(plays);
      };
      phone.room.on('trackPublished', answerWhenPublished);
      answerWhenPublished();
      return phone;
    },
    async close() {
      await Promise.all([...phones].map((phone) => phone.leave()));
      // Those that were upgraded are not among the connections that the server itself would close.
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What a voicemail plays: its greeting and, after a breath, the beep. */
function machineSound({ greeting, beepHz }: Extract<PhoneBehaviour, { does: 'voicemail' }>): Int16Array {
  const sampleRateHz = phoneRateHz;
  const beep = beepHz === null ? [] : [silence({ ms: 700, sampleRateHz }), tone(beepHz, { ms: 400, sampleRateHz })];
  return joined([silence({ ms: 500, sampleRateHz }), greeting, ...beep]);
}

function text(body: Record<string, unknown>, camel: string, snake: string): string {
  const value = body[camel] ?? body[snake];
  return typeof value === 'string' ? value : '';
}

function remember(
  list: Record<string, unknown>[],
  idName: string,
  prefix: string,
  item: unknown,
  more: Record<string, unknown>,
): Reply {
  const made = {
    ...(item as Record<string, unknown>),
    ...more,
    [idName]: `${prefix}${randomUUID().replaceAll('-', '').slice(0, 12)}`,
  };
  list.push(made);
  return { status: 200, body: made };
}

function forget(list: Record<string, unknown>[], idName: string, id: string): Reply {
  const index = list.findIndex((item) => item[idName] === id);
  if (index < 0) return notFound;
  return { status: 200, body: list.splice(index, 1)[0]! };
}

function passOn(target: URL, incoming: IncomingMessage, response: ServerResponse): void {
  const { hostname, port } = target;
  const upstream = httpRequest(
    { hostname, port, path: incoming.url, method: incoming.method, headers: incoming.headers },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  upstream.on('error', () => response.destroy());
  incoming.pipe(upstream);
}

import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { RtpMedia } from './rtp-media.ts';
import { addressOf, formatSip, parseSip, readSdp, sdp, type SipMessage, userOf } from './sip-message.ts';

/** What a number does when it is called. */
export type PhoneScript = (phone: Phone) => Promise<void> | void;

type Send = (text: string, port: number) => void;
type Reply = { status: number; text: string };

const token = () => randomBytes(6).toString('hex');

/** One call of one phone, with what the phone saw of it. Times are of the monotonic clock, in milliseconds. */
export class Phone {
  readonly number: string;
  readonly media: RtpMedia;
  readonly callId: string;
  /** Of the INVITE that opened the call, either way. */
  readonly invitedAtMs = performance.now();
  ringingAtMs: number | undefined;
  answeredAtMs: number | undefined;
  /** The far end gave up before the answer. */
  canceledAtMs: number | undefined;
  /** The far end hung up; or this phone did. */
  byeAtMs: number | undefined;
  hungUpAtMs: number | undefined;
  /** Last final status of the far end, for a call that this phone made. */
  status: number | undefined;
  /** `Refer-To` of REFERs received, and what this phone says to the next. */
  readonly refers: string[] = [];
  onRefer: 'accept' | 'ignore' | Reply = 'accept';
  /** What was received, one line each, for a test that fails. */
  readonly seen: string[] = [];
  readonly #send: Send;
  readonly #port: number;
  readonly #local: string;
  readonly #farPort: number;
  #remote: string;
  #target: string;
  #invite: SipMessage | undefined;
  #offered = '';
  #cseq = 1;
  #version = 1;
  readonly #over = Promise.withResolvers<void>();
  readonly #answered = Promise.withResolvers<void>();

  constructor(options: {
    number: string;
    media: RtpMedia;
    send: Send;
    /** Ports of this bank and of the far end. */
    port: number;
    farPort: number;
    invite?: SipMessage;
    calls?: string;
  }) {
    const { number, media, send, port, farPort, invite, calls } = options;
    this.number = number;
    this.media = media;
    this.#send = send;
    this.#port = port;
    this.#farPort = farPort;
    this.#invite = invite;
    this.callId = invite?.headers['call-id'] ?? token();
    this.#offered = invite?.body ?? '';
    this.#local = invite ? `${invite.headers['to']};tag=${token()}` : `<sip:${number}@127.0.0.1>;tag=${token()}`;
    this.#remote = invite?.headers['from'] ?? `<sip:${calls}@127.0.0.1>`;
    this.#target = invite ? addressOf(invite.headers['contact'] ?? '') : `sip:${calls}@127.0.0.1:${farPort}`;
  }

  /** Resolves when the call is over, whoever ended it. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  get answered(): Promise<void> {
    return this.#answered.promise;
  }

  ring(status = 180): void {
    this.ringingAtMs ??= performance.now();
    this.#reply(status, status === 183 ? 'Session Progress' : 'Ringing', status === 183 ? this.#sdp() : '');
  }

  /** 200 OK. Sound goes both ways, unless `silent`: then this phone sends no packet at all. */
  answer({ silent = false } = {}): void {
    if (this.canceledAtMs !== undefined || this.answeredAtMs !== undefined) return;
    this.answeredAtMs = performance.now();
    this.#reply(200, 'OK', this.#sdp());
    if (!silent) this.media.start(readSdp(this.#offered));
    this.#answered.resolve();
  }

  refuse(status: number, text: string, headers: Record<string, string> = {}): void {
    if (this.canceledAtMs !== undefined) return;
    this.#reply(status, text, '', headers);
    this.#end();
  }

  hangUp(): void {
    if (this.hungUpAtMs !== undefined || this.byeAtMs !== undefined) return;
    this.hungUpAtMs = performance.now();
    this.#request('BYE');
    this.#end();
  }

  /** Gives up a call it made, before the answer. */
  cancel(): void {
    this.#request('CANCEL', { first: true });
    this.hungUpAtMs = performance.now();
  }

  /** A re-INVITE: `sendonly` and `inactive` hold the call, `sendrecv` takes it back. */
  hold(direction: 'sendonly' | 'inactive' | 'sendrecv'): void {
    this.#version += 1;
    this.#request('INVITE', { body: this.#sdp(direction) });
    if (direction === 'sendrecv') this.media.start(readSdp(this.#offered));
    else this.media.stop();
  }

  async press(keys: string): Promise<void> {
    for (const key of keys) {
      await this.media.press(key);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Sends the INVITE of a call that this phone makes. */
  call(): void {
    this.#request('INVITE', { body: this.#sdp(), first: true });
  }

  received(message: SipMessage): void {
    this.seen.push(message.method ?? String(message.status));
    if (message.method) this.#asked(message);
    else this.#told(message);
  }

  #asked(request: SipMessage): void {
    switch (request.method) {
      case 'INVITE':
        // Sent again because no answer came yet, or a re-INVITE of the far end.
        if (this.answeredAtMs !== undefined) this.#replyTo(request, 200, 'OK', this.#sdp());
        return;
      case 'CANCEL':
        this.canceledAtMs ??= performance.now();
        this.#replyTo(request, 200, 'OK');
        if (this.answeredAtMs === undefined) this.#reply(487, 'Request Terminated');
        return this.#end();
      case 'BYE':
        this.byeAtMs ??= performance.now();
        this.#replyTo(request, 200, 'OK');
        return this.#end();
      case 'REFER':
        return this.#referred(request);
      case 'ACK':
        return;
      default:
        this.#replyTo(request, 200, 'OK');
    }
  }

  #referred(request: SipMessage): void {
    this.refers.push(request.headers['refer-to'] ?? '');
    const answer = this.onRefer;
    if (answer === 'ignore') return;
    if (answer !== 'accept') return this.#replyTo(request, answer.status, answer.text);
    this.#replyTo(request, 202, 'Accepted');
    const headers = { Event: 'refer', 'Subscription-State': 'terminated;reason=noresource' };
    this.#request('NOTIFY', { headers, type: 'message/sipfrag;version=2.0', body: 'SIP/2.0 200 OK\r\n' });
  }

  #told(response: SipMessage): void {
    const { status = 0, headers } = response;
    if (!headers['cseq']?.endsWith('INVITE')) return;
    if (/;tag=/.test(headers['to'] ?? '') && status >= 180) this.#remote = headers['to'] ?? this.#remote;
    if (status === 180 || status === 183) this.ringingAtMs ??= performance.now();
    if (status < 200) return;
    this.status = status;
    if (headers['contact']) this.#target = addressOf(headers['contact']);
    // A refusal is acknowledged in the transaction of its INVITE, an answer in one of its own (RFC 3261 §17.1.1.3, §13.2.2.4).
    this.#request('ACK', status >= 300 ? { first: true } : { cseq: Number.parseInt(headers['cseq'] ?? '1', 10) });
    if (status >= 300) return this.#end();
    this.#offered = response.body || this.#offered;
    if (this.answeredAtMs !== undefined) return;
    this.answeredAtMs = performance.now();
    this.media.start(readSdp(response.body));
    this.#answered.resolve();
  }

  #sdp(direction = 'sendrecv'): string {
    return sdp({ port: this.media.port, direction, version: this.#version });
  }

  #end(): void {
    this.media.stop();
    this.#over.resolve();
  }

  #reply(status: number, text: string, body = '', headers: Record<string, string> = {}): void {
    if (this.#invite) this.#replyTo(this.#invite, status, text, body, headers);
  }

  #replyTo(request: SipMessage, status: number, text: string, body = '', more: Record<string, string> = {}): void {
    const { via, from, cseq } = request.headers;
    const headers = {
      Via: via,
      From: from,
      To: this.#invite ? this.#local : request.headers['to'],
      'Call-ID': this.callId,
      CSeq: cseq,
      Contact: `<sip:${this.number}@127.0.0.1:${this.#port}>`,
      'Content-Type': body ? 'application/sdp' : undefined,
      ...more,
    };
    this.#send(formatSip(`SIP/2.0 ${status} ${text}`, headers, body), this.#farPort);
  }

  #request(
    method: string,
    options: { body?: string; type?: string; cseq?: number; first?: boolean; headers?: Record<string, string> } = {},
  ): void {
    const { body = '', type = 'application/sdp', headers: more = {}, first = false } = options;
    if (options.cseq === undefined && !first) this.#cseq += 1;
    const headers = {
      Via: `SIP/2.0/UDP 127.0.0.1:${this.#port};branch=z9hG4bK${first ? this.callId : token()}`,
      'Max-Forwards': '70',
      From: this.#local,
      To: this.#remote,
      'Call-ID': this.callId,
      CSeq: `${first ? 1 : (options.cseq ?? this.#cseq)} ${method}`,
      Contact: `<sip:${this.number}@127.0.0.1:${this.#port}>`,
      'Content-Type': body ? type : undefined,
      ...more,
    };
    this.#send(formatSip(`${method} ${this.#target} SIP/2.0`, headers, body), this.#farPort);
  }
}

export type PhoneBank = Awaited<ReturnType<typeof openPhoneBank>>;

/** A carrier and all its phones, on one UDP port of loopback: SIP and RTP as they are spoken on the wire. */
export async function openPhoneBank() {
  const socket = createSocket('udp4');
  socket.on('error', () => undefined);
  const scripts = new Map<string, PhoneScript>();
  const phones: Phone[] = [];
  const byCall = new Map<string, Phone>();
  const send: Send = (text, to) => socket.send(text, to, '127.0.0.1');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();

  const keep = (phone: Phone) => {
    phones.push(phone);
    byCall.set(phone.callId, phone);
    return phone;
  };

  async function ring(invite: SipMessage, farPort: number): Promise<void> {
    const { via, from, to, cseq } = invite.headers;
    const headers = { Via: via, From: from, To: to, 'Call-ID': invite.headers['call-id'], CSeq: cseq };
    const number = userOf(invite.uri ?? '');
    const script = scripts.get(number);
    // A number that nobody set is an address where nothing listens.
    if (!script) return;
    send(formatSip('SIP/2.0 100 Trying', headers), farPort);
    const media = await RtpMedia.open();
    const phone = keep(new Phone({ number, media, send, port, farPort, invite }));
    await script(phone);
  }

  const opening = new Set<string>();
  socket.on('message', (packet, from) => {
    const message = parseSip(packet.toString());
    const callId = message.headers['call-id'] ?? '';
    const known = byCall.get(callId);
    if (known) return known.received(message);
    if (message.method === 'OPTIONS') return send(formatSip('SIP/2.0 200 OK', repeated(message)), from.port);
    if (message.method !== 'INVITE' || opening.has(callId)) return;
    opening.add(callId);
    void ring(message, from.port);
  });

  return {
    port,
    phones,
    /** What a number, E.164, does from now on. */
    set: (number: string, script: PhoneScript) => void scripts.set(number, script),
    calledAt: (number: string) => phones.filter((phone) => phone.number === number),
    /** A phone calls a number of the far end. */
    async callIn({ from, to, farPort }: { from: string; to: string; farPort: number }): Promise<Phone> {
      const media = await RtpMedia.open();
      const phone = keep(new Phone({ number: from, media, send, port, farPort, calls: to }));
      phone.call();
      return phone;
    },
    close(): void {
      for (const { media } of phones) media.close();
      socket.close();
    },
  };
}

function repeated({ headers: { via, from, to, cseq, ...rest } }: SipMessage): Record<string, string | undefined> {
  return { Via: via, From: from, To: `${to};tag=${token()}`, 'Call-ID': rest['call-id'], CSeq: cseq };
}

/** A SIP request or response (RFC 3261), as far as a phone on loopback needs it: header names are lower case, one value each. */
export type SipMessage = {
  /** Of a request. */
  method?: string;
  uri?: string;
  /** Of a response. */
  status?: number;
  headers: Record<string, string>;
  body: string;
};

/** Compact forms of RFC 3261 §7.3.3. */
const compact: Record<string, string> = {
  v: 'via',
  f: 'from',
  t: 'to',
  i: 'call-id',
  m: 'contact',
  l: 'content-length',
};

export function parseSip(text: string): SipMessage {
  const split = text.indexOf('\r\n\r\n');
  const [first = '', ...lines] = text.slice(0, split < 0 ? undefined : split).split('\r\n');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    const written = line.slice(0, colon).trim().toLowerCase();
    const name = compact[written] ?? written;
    const value = line.slice(colon + 1).trim();
    // Answers carry every Via, in order.
    headers[name] = name === 'via' && headers[name] ? `${headers[name]}\r\nVia: ${value}` : (headers[name] ?? value);
  }
  const body = split < 0 ? '' : text.slice(split + 4);
  const [method = '', uri = ''] = first.split(' ');
  return method === 'SIP/2.0' ? { status: Number(uri), headers, body } : { method, uri, headers, body };
}

export function formatSip(firstLine: string, headers: Record<string, string | undefined>, body = ''): string {
  const lines = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return [firstLine, ...lines, `Content-Length: ${Buffer.byteLength(body)}`, '', body].join('\r\n');
}

/** The address between the angle brackets of a From, To or Contact. */
export function addressOf(header: string): string {
  return /<([^>]+)>/.exec(header)?.[1] ?? header.split(';')[0]!.trim();
}

/** User part of a SIP address, such as a telephone number. */
export function userOf(address: string): string {
  return /^(?:sips?|tel):([^@;>]+)/.exec(address)?.[1] ?? '';
}

/** G.711 μ-law, and keys as RFC 4733 events. `direction`: `sendrecv`, or as a phone writes it that holds. */
export function sdp({ port, direction, version }: { port: number; direction: string; version: number }): string {
  return [
    'v=0',
    `o=phone 1 ${version} IN IP4 127.0.0.1`,
    's=-',
    'c=IN IP4 127.0.0.1',
    't=0 0',
    `m=audio ${port} RTP/AVP 0 ${keyPayloadType}`,
    'a=rtpmap:0 PCMU/8000',
    `a=rtpmap:${keyPayloadType} telephone-event/8000`,
    `a=fmtp:${keyPayloadType} 0-15`,
    'a=ptime:20',
    `a=${direction}`,
    '',
  ].join('\r\n');
}

export const keyPayloadType = 101;

/** Where the far end listens for sound, and its payload type for keys. */
export function readSdp(text: string): { host: string; port: number; keys: number } {
  return {
    host: /^c=IN IP4 (\S+)/m.exec(text)?.[1] ?? '127.0.0.1',
    port: Number(/^m=audio (\d+)/m.exec(text)?.[1] ?? 0),
    keys: Number(/^a=rtpmap:(\d+) telephone-event/m.exec(text)?.[1] ?? keyPayloadType),
  };
}

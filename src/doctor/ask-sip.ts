import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';

const defaultPort = 5060;
const longestMs = 3_000;
/** UDP may lose a packet; RFC 3261 §17.1.2.2 sends it again after this. */
const againMs = 500;

/** `answers`: it spoke SIP, with this status. `listens`: it takes TCP connections, as a carrier does that wants TLS. */
export type SipAnswer =
  | { is: 'answers'; transport: 'UDP' | 'TCP'; status: number }
  | { is: 'listens' }
  | { is: 'silent' };

/** Asks whether SIP is spoken there with OPTIONS (RFC 3261 §11), over UDP and TCP at once. `address` is `host` or `host:port`. */
export async function askSip(address: string, signal: AbortSignal): Promise<SipAnswer> {
  const colon = address.lastIndexOf(':');
  const host = colon < 0 ? address : address.slice(0, colon);
  const port = colon < 0 ? defaultPort : Number(address.slice(colon + 1));
  const over = new AbortController();
  const end = AbortSignal.any([signal, over.signal, AbortSignal.timeout(longestMs)]);
  const tcp = overTcp({ host, port }, end);
  const udp = overUdp({ host, port }, end);
  try {
    const spoken = (answer: SipAnswer) => (answer.is === 'answers' ? answer : Promise.reject(new Error(answer.is)));
    return await Promise.any([udp.then(spoken), tcp.then(spoken)]);
  } catch {
    return await tcp;
  } finally {
    over.abort();
  }
}

type Address = { host: string; port: number };

function overUdp({ host, port }: Address, signal: AbortSignal): Promise<SipAnswer> {
  return new Promise((resolve) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    const end = (answer: SipAnswer) => {
      clearInterval(again);
      signal.removeEventListener('abort', onAbort);
      resolve(answer);
      socket.close(() => undefined);
    };
    let ended = false;
    const once = (answer: SipAnswer) => {
      if (!ended) end(answer);
      ended = true;
    };
    const onAbort = () => once({ is: 'silent' });
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on('error', () => once({ is: 'silent' }));
    socket.on('message', (message) => {
      const status = statusOf(message.toString('latin1'));
      if (status !== undefined) once({ is: 'answers', transport: 'UDP', status });
    });
    const send = () => {
      if (!ended) socket.send(options({ host, port }, 'UDP', socket.address().port), () => undefined);
    };
    let again: NodeJS.Timeout | undefined;
    // Connected, it learns at once that nothing listens there.
    socket.connect(port, host, (error?: Error) => {
      if (error) return once({ is: 'silent' });
      send();
      again = setInterval(send, againMs);
      if (ended) clearInterval(again);
    });
  });
}

function overTcp({ host, port }: Address, signal: AbortSignal): Promise<SipAnswer> {
  return new Promise((resolve) => {
    let heard = '';
    let connected = false;
    const socket = connect({ host, port, signal }, () => {
      connected = true;
      socket.write(options({ host, port }, 'TCP', socket.localPort ?? 0));
    });
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
      const status = statusOf(heard);
      if (status === undefined) return;
      resolve({ is: 'answers', transport: 'TCP', status });
      socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve({ is: connected ? 'listens' : 'silent' }));
  });
}

function statusOf(text: string): number | undefined {
  const status = /^SIP\/2\.0 (\d{3})/.exec(text)?.[1];
  return status === undefined ? undefined : Number(status);
}

function options({ host, port }: Address, transport: string, localPort: number): string {
  const id = randomBytes(8).toString('hex');
  return [
    `OPTIONS sip:${host}:${port} SIP/2.0`,
    // The answer comes back the way it went, whatever is written here (RFC 3581).
    `Via: SIP/2.0/${transport} 0.0.0.0:${localPort};rport;branch=z9hG4bK${id}`,
    'Max-Forwards: 70',
    `From: <sip:parley@${host}>;tag=${id.slice(0, 8)}`,
    `To: <sip:${host}>`,
    `Call-ID: ${id}`,
    'CSeq: 1 OPTIONS',
    `Contact: <sip:parley@0.0.0.0:${localPort}>`,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
}

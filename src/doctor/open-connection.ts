import { connect as connectTcp, isIP } from 'node:net';
import { connect as connectTls, type PeerCertificate } from 'node:tls';

const answerMs = 5_000;

/**
 * Connects, with TLS as far as the certificate is accepted, and ends without a word.
 * @returns the certificate, with TLS
 * @throws what the connection says, and the signal's reason
 */
export function openConnection(options: {
  /** A name or an address. */
  host: string;
  port: number;
  /** `name` is what the certificate has to be made for; `trusted` are authorities in place of those Node brings. */
  tls?: { name: string; trusted: string[] | undefined };
  signal: AbortSignal;
}): Promise<PeerCertificate | undefined> {
  const { host, port, tls, signal } = options;
  return new Promise((resolve, reject) => {
    const end = (certificate?: PeerCertificate) => {
      resolve(certificate);
      socket.destroy();
    };
    // Server name indication takes names only.
    const named = tls && isIP(tls.name) === 0 ? { servername: tls.name } : {};
    const secure = tls && connectTls({ host, port, ...named, ...(tls.trusted && { ca: tls.trusted }) });
    secure?.once('secureConnect', () => end(secure.getPeerCertificate()));
    const socket = secure ?? connectTcp({ host, port }, () => end());
    const stop = () => socket.destroy(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
    socket.setTimeout(answerMs, () => socket.destroy(new Error('timed out')));
    socket.once('close', () => signal.removeEventListener('abort', stop));
    socket.once('error', reject);
  });
}

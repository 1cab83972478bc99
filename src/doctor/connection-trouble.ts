/** Where a connection was to lead. */
type Target = {
  /** Who should answer there, such as `PostgreSQL`. */
  who: string;
  /** `host:port`, without user and password. */
  at: string;
  /** The setting that names it. */
  setting: string;
};

/** The reason why a connection could not be made, as one sentence, and its cure. Understands net, TLS, DNS and fetch errors. */
export function connectionTrouble(error: unknown, target: Target): { message: string; cure: string } {
  const { who, at, setting } = target;
  const { code, text } = reasonOf(error);
  const host = hostOf(at);
  const certificate = certificateTroubles[code];
  if (certificate)
    return { message: `The certificate of ${at} is not accepted: ${certificate.what}.`, cure: certificate.cure };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return {
      message: `The host name ${host} of ${who} is not known to the name service.`,
      cure: `Correct the host in ${setting}, or its DNS record.`,
    };
  if (code === 'ECONNREFUSED')
    return {
      message: `${who} does not answer at ${at}: nothing listens there.`,
      cure: `Start it, or correct host and port in ${setting}.`,
    };
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH')
    return { message: `There is no way to ${who} at ${at}.`, cure: `Check the network, and the host in ${setting}.` };
  if (isTimeout(code, text))
    return {
      message: `${who} does not answer at ${at} in time.`,
      cure: `A firewall may drop the packets, or the machine is down or overloaded; check both, and ${setting}.`,
    };
  if (code === 'EPROTO' || /wrong version number|packet length too long/i.test(text))
    return {
      message: `${who} at ${at} does not speak TLS.`,
      cure: `Write the address in ${setting} without TLS (ws://, http://, redis://), or give the port that has TLS.`,
    };
  if (code === 'ECONNRESET' || /socket hang up|Connection terminated/i.test(text))
    return {
      message: `The connection to ${who} at ${at} is cut at once.`,
      cure: `Another program may listen there, or the port wants TLS (wss://, https://, rediss://). Check ${setting}.`,
    };
  return { message: `${who} cannot be reached at ${at} (${code || text}).`, cure: `Check ${setting} and the network.` };
}

export function isLoopback(host: string): boolean {
  return /^(localhost|.*\.localhost|127(\.\d+){3}|\[?::1\]?)$/i.test(host);
}

/** `host:port` of an address, with the port that its scheme implies. */
export function hostAndPort(url: URL): string {
  return `${url.hostname}:${portOf(url)}`;
}

export function portOf({ port, protocol }: URL): number {
  const usual = { 'postgres:': 5432, 'postgresql:': 5432, 'redis:': 6379, 'rediss:': 6379 }[protocol];
  return Number(port) || (usual ?? (/^(https|wss):$/.test(protocol) ? 443 : 80));
}

function hostOf(at: string): string {
  return at.replace(/:\d+$/, '');
}

function isTimeout(code: string, text: string): boolean {
  return ['ETIMEDOUT', 'ABORT_ERR', 'UND_ERR_CONNECT_TIMEOUT'].includes(code) || /tim(ed? ?out|eout)/i.test(text);
}

/** Code and text of the innermost error: fetch and the "happy eyeballs" of Node wrap those that say something. */
function reasonOf(error: unknown): { code: string; text: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return { code: '', text: String(error) };
  const { code, message, name, cause } = error as NodeJS.ErrnoException;
  if (cause instanceof Error) return reasonOf(cause);
  return { code: typeof code === 'string' ? code : '', text: `${name} ${message}` };
}

const renew = 'Renew it; with Caddy see `docker compose logs caddy`.';
const untrusted =
  'Use a certificate of a public authority, or let Node trust yours: NODE_EXTRA_CA_CERTS with the path of its PEM file.';

const certificateTroubles: Record<string, { what: string; cure: string }> = {
  CERT_HAS_EXPIRED: { what: 'it has expired', cure: renew },
  CERT_NOT_YET_VALID: {
    what: 'it is not valid yet',
    cure: 'Set the clock of this machine, or of the one that made it.',
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    what: 'it is made for another name',
    cure: 'Use a name of the certificate, or get one for this name.',
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: { what: 'it is signed by itself', cure: untrusted },
  SELF_SIGNED_CERT_IN_CHAIN: { what: 'its authority is not known', cure: untrusted },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: { what: 'its authority is not known', cure: untrusted },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: {
    what: 'the intermediate certificate is missing',
    cure: 'Let the server send its whole chain (fullchain.pem).',
  },
};

import { isIP } from 'node:net';

/** Endings of names that no public name service gives out (RFC 6762, RFC 8375, ICANN's `internal`), and those of Kubernetes. */
const privateEndings = ['.localhost', '.local', '.internal', '.lan', '.home.arpa', '.svc', '.svc.cluster.local'];

/**
 * Whether a `Host` header names this machine as somebody of the own network would: by an address, a name without a dot, or one
 * under a private ending. A page of the internet can let its own name lead to a private address; it cannot use these.
 */
export function isNearHost(host: string): boolean {
  const name = URL.parse(`http://${host}`)?.hostname.replace(/^\[|\]$/g, '') ?? '';
  if (name === '') return false;
  return isIP(name) > 0 || !name.includes('.') || privateEndings.some((ending) => name.endsWith(ending));
}

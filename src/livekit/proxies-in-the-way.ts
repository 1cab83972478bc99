type Variables = Readonly<Record<string, string | undefined>>;

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * The variables that would lead the signalling of LiveKit's native library through a proxy, though its server is on this machine or
 * a host of `NO_PROXY`. The library (crate livekit-net, `native::proxy`) reads `HTTP_PROXY` for ws and `HTTPS_PROXY` for wss, in
 * both spellings, and knows no exceptions.
 */
export function proxiesInTheWay(url: string, env: Variables): string[] {
  const { protocol, hostname, port } = new URL(url);
  const name = /^(wss|https):$/.test(protocol) ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const exceptions = (env['no_proxy'] ?? env['NO_PROXY'] ?? '').split(/[\s,]+/).filter(Boolean);
  const isException = exceptions.some((exception) => covers(exception, { hostname, port }));
  if (!loopback.test(hostname) && !isException) return [];
  return [name, name.toLowerCase()].filter((each) => env[each]);
}

/** As undici's `EnvHttpProxyAgent` reads it, which downloads go by: a host with those below it, `*` for all, and perhaps a port. */
function covers(exception: string, { hostname, port }: { hostname: string; port: string }): boolean {
  if (exception === '*') return true;
  const [, host = exception, only] = /^(.+):(\d+)$/.exec(exception) ?? [];
  if (only !== undefined && only !== port) return false;
  const bare = host.replace(/^\*?\./, '').toLowerCase();
  return hostname === bare || hostname.endsWith(`.${bare}`);
}

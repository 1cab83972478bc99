import { EnvHttpProxyAgent, fetch, type RequestInit, type Response } from 'undici';
import { environment } from '../config.ts';

/** `fetch` for downloads. */
export type DownloadFetch = (url: string, init?: RequestInit) => Promise<Response>;

type Variables = Readonly<Record<string, string | undefined>>;

/** Never asked through a proxy, whatever `NO_PROXY` says. */
const loopback = ['localhost', '127.0.0.1', '::1'];

/**
 * A `fetch` that goes through the proxies of `HTTPS_PROXY` and `HTTP_PROXY`, but for the hosts of `NO_PROXY`, as npm, pip and Go do; names
 * in small letters count too. Node's own `fetch` looks at none of them. @throws TypeError of a proxy whose address cannot be read
 */
export function downloadFetch(env: Variables = environment()): DownloadFetch {
  const value = (name: string) => env[name.toLowerCase()] ?? env[name];
  const dispatcher = new EnvHttpProxyAgent({
    // An empty text keeps undici from looking at the environment itself.
    httpProxy: value('HTTP_PROXY') ?? '',
    httpsProxy: value('HTTPS_PROXY') ?? value('HTTP_PROXY') ?? '',
    noProxy: [...loopback, ...(value('NO_PROXY') ?? '').split(/[\s,]+/)].filter(Boolean).join(','),
  });
  return (url, init) => fetch(url, { ...init, dispatcher });
}

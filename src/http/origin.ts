import type { Context } from 'hono';

/**
 * The address under which the client reaches the API, without a slash at its end: the operator's, else that of the request.
 * `X-Forwarded-Proto` only decides the scheme of links in the answer to whoever sent it.
 */
export function originOf(c: Context, publicUrl: string | undefined): string {
  if (publicUrl) return publicUrl.replace(/(?<!\/)\/+$/, '');
  const url = new URL(c.req.url);
  const forwarded = c.req.header('x-forwarded-proto')?.split(',')[0]?.trim();
  const scheme = forwarded === 'http' || forwarded === 'https' ? forwarded : url.protocol.slice(0, -1);
  return `${scheme}://${url.host}`;
}

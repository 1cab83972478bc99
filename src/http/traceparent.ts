import type { Context } from 'hono';

/** The W3C trace context of a request; one that is not well formed is ignored, as the standard asks. */
export function traceparentOf(c: Context): string | undefined {
  const sent = c.req.header('traceparent')?.trim();
  return sent && /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/.test(sent) ? sent : undefined;
}

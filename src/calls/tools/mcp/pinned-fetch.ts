import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { resolveToolTarget, type ToolAddressRules } from '../tool-address.ts';
import { pinnedLookup } from '../../webhooks/pinned-lookup.ts';

type Body = ConstructorParameters<typeof Response>[0];

/**
 * `fetch` that connects to addresses which the rules allow, and to those alone: a name is resolved once, and a redirect is given
 * back as it is. @throws ToolAddressError
 */
export function pinnedFetch(rules: ToolAddressRules): (url: string | URL, init?: RequestInit) => Promise<Response> {
  return async (address, init = {}) => {
    const request = new Request(address, { ...init, redirect: 'manual' });
    const url = new URL(request.url);
    const addresses = await resolveToolTarget(url, rules);
    const body = Buffer.from(await request.arrayBuffer());
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    const outgoing = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
      method: request.method,
      headers: {
        ...Object.fromEntries(request.headers),
        'accept-encoding': 'identity',
        ...(body.length > 0 && { 'content-length': body.length }),
      },
      lookup: pinnedLookup(addresses),
      agent: false,
      signal: request.signal,
    });
    outgoing.once('response', (response) => {
      const { statusCode = 0, headers } = response;
      const pairs = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
        value === undefined ? [] : [value].flat().map((each) => [name, each]),
      );
      // Aborting ends the stream with an error, for which its reader has a place.
      const isEmpty = statusCode === 204 || statusCode === 304;
      const stream = isEmpty ? null : (Readable.toWeb(response) as Body);
      if (isEmpty) response.resume();
      resolve(new Response(stream, { status: statusCode, headers: pairs }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
    return promise;
  };
}

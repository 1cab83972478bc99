import { createHash, createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const base64url = (value: object | string) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** How a token is signed: as it should be, by a key that the issuer does not publish, with the client's secret, or not at all. */
type Signature = 'RS256' | 'foreign key' | 'HS256' | 'none';

/** What the issuer does otherwise than it should when it is next asked for a token. */
export type Misdeed = { claims?: Record<string, unknown>; signature?: Signature; noIdToken?: true; status?: number };

/** An issuer of OpenID Connect that signs with a real key. A browser's way through its pages is `authorize`. */
export async function startIssuer({ clientId, clientSecret }: { clientId: string; clientSecret: string }) {
  const [own, foreign] = [rsaKeys(), rsaKeys()];
  const grants = new Map<string, { nonce: string; challenge: string; redirectUri: string; claims: object }>();
  let misdeed: Misdeed = {};
  let url = '';

  function tokenOf(code: string, { verifier, redirectUri }: { verifier: string; redirectUri: string }): string | null {
    const grant = grants.get(code);
    grants.delete(code);
    if (!grant || grant.redirectUri !== redirectUri) return null;
    if (createHash('sha256').update(verifier).digest('base64url') !== grant.challenge) return null;
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: url,
      aud: clientId,
      sub: 'ada',
      iat: now,
      exp: now + 300,
      nonce: grant.nonce,
      ...grant.claims,
    };
    return signed({ ...claims, ...misdeed.claims }, misdeed.signature ?? 'RS256');
  }

  function signed(claims: object, by: Signature): string {
    const alg = by === 'foreign key' ? 'RS256' : by;
    const text = `${base64url({ alg, kid: 'one', typ: 'JWT' })}.${base64url(claims)}`;
    if (by === 'none') return `${text}.`;
    if (by === 'HS256') return `${text}.${createHmac('sha256', clientSecret).update(text).digest('base64url')}`;
    const key: KeyObject = (by === 'foreign key' ? foreign : own).privateKey;
    return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
  }

  const server = createServer((request, response) => void answerTo(request, response));
  async function answerTo(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    if (request.url === '/.well-known/openid-configuration')
      return answer(200, {
        issuer: url,
        authorization_endpoint: `${url}/authorize`,
        token_endpoint: `${url}/token`,
        jwks_uri: `${url}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
        code_challenge_methods_supported: ['S256'],
      });
    if (request.url === '/jwks')
      return answer(200, {
        keys: [{ ...own.publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }],
      });
    let body = '';
    for await (const part of request) body += String(part);
    const form = new URLSearchParams(body);
    const code = form.get('code') ?? '';
    const isClient =
      form.get('client_secret') === clientSecret ||
      request.headers.authorization === `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
    if (misdeed.status) return answer(misdeed.status, { error: 'server_error' });
    const token = isClient
      ? tokenOf(code, { verifier: form.get('code_verifier') ?? '', redirectUri: form.get('redirect_uri') ?? '' })
      : null;
    if (token === null) return answer(400, { error: 'invalid_grant' });
    const tokens = { access_token: 'access', token_type: 'bearer', expires_in: 300 };
    return answer(200, misdeed.noIdToken ? tokens : { ...tokens, id_token: token });
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    /** Somebody signs in at the page that the address leads to. Where the browser is sent then. */
    authorize(address: URL, claims: object = {}): URL {
      const asked = address.searchParams;
      if (
        asked.get('client_id') !== clientId ||
        asked.get('response_type') !== 'code' ||
        !asked.get('scope')?.includes('openid')
      )
        throw new Error(`Nobody can sign in at ${address.href}`);
      const code = `code-${grants.size}-${Math.random()}`;
      const redirectUri = asked.get('redirect_uri') ?? '';
      const [nonce, challenge] = [asked.get('nonce') ?? '', asked.get('code_challenge') ?? ''];
      grants.set(code, { nonce, challenge, redirectUri, claims });
      const back = new URL(redirectUri);
      back.search = String(new URLSearchParams({ code, state: asked.get('state') ?? '' }));
      return back;
    },
    misbehave(next: Misdeed) {
      misdeed = next;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function rsaKeys() {
  return generateKeyPairSync('rsa', { modulusLength: 2048 });
}

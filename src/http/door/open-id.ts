import * as client from 'openid-client';

export type OpenIdConfig = {
  issuer: string;
  clientId: string;
  clientSecret?: string;
  /** Claim of the ID token that is looked up in `roles`. */
  claim: string;
  /** The key whose tenant and scopes a session gets, by a value of the claim; the first that fits counts. */
  roles: { value: string; keyId: string }[];
};

/** What the browser that began has to bring back (RFC 7636, OpenID Connect Core 3.1.2.1). */
export type SignInChecks = { state: string; nonce: string; verifier: string };

/** Why somebody is not let in: the issuer cannot be asked, what it says does not hold, or the person has no role here. */
export class SignInError extends Error {
  override readonly name = 'SignInError';
  readonly reason: 'unavailable' | 'refused' | 'no-role';

  constructor(reason: SignInError['reason'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

export type OpenId = {
  /** Where the browser is sent. @throws SignInError */
  begin(redirectUri: string): Promise<{ url: URL; checks: SignInChecks }>;
  /**
   * Who came back, by the address they came back to.
   * @throws SignInError
   */
  finish(address: URL, checks: SignInChecks): Promise<{ person: string; keyId: string }>;
};

const timeoutSeconds = 10;

/** Authorization code flow with PKCE. The signature of the ID token is verified, also where TLS would do. */
export function openId({ issuer, clientId, clientSecret, claim, roles }: OpenIdConfig): OpenId {
  let found: Promise<client.Configuration> | undefined;

  /** What the issuer says of itself; a failure is not kept. */
  function discovered(): Promise<client.Configuration> {
    if (found) return found;
    const isHere = new URL(issuer).protocol === 'http:';
    const asked = client
      .discovery(new URL(issuer), clientId, clientSecret, clientSecret ? undefined : client.None(), {
        execute: [client.enableNonRepudiationChecks, ...(isHere ? [client.allowInsecureRequests] : [])],
        timeout: timeoutSeconds,
      })
      .catch((error: unknown) => {
        found = undefined;
        throw new SignInError('unavailable', 'The issuer does not say how it is asked.', { cause: error });
      });
    found = asked;
    return asked;
  }

  return {
    async begin(redirectUri) {
      const configuration = await discovered();
      const verifier = client.randomPKCECodeVerifier();
      const checks = { state: client.randomState(), nonce: client.randomNonce(), verifier };
      const url = client.buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: 'openid profile email',
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state: checks.state,
        nonce: checks.nonce,
      });
      return { url, checks };
    },

    async finish(address, { state, nonce, verifier }) {
      const configuration = await discovered();
      const claims = await client
        .authorizationCodeGrant(configuration, address, {
          pkceCodeVerifier: verifier,
          expectedState: state,
          expectedNonce: nonce,
          idTokenExpected: true,
        })
        .then((tokens) => tokens.claims())
        .catch((error: unknown) => {
          throw new SignInError('refused', 'What the issuer said does not hold.', { cause: error });
        });
      const said = claims?.[claim];
      const values = Array.isArray(said) ? said : [said];
      const role = roles.find(({ value }) => values.includes(value));
      const names = [claims?.['email'], claims?.['preferred_username'], claims?.sub];
      const person = names.find((name) => typeof name === 'string')?.slice(0, 200) ?? 'somebody';
      if (!role) throw new SignInError('no-role', `No role is for what the claim ${claim} says of ${person}.`);
      return { person, keyId: role.keyId };
    },
  };
}

import type { OpenIdConfig } from './http/door/open-id.ts';
import { list, secret, type Setting, setting, text, url } from './setting.ts';

const isRole = (each: string) => /^[^=]+=key_\w+$/.test(each);

/** Signing in to the console at an issuer of OpenID Connect, beside keys. */
export const signInSettings = {
  PARLEY_OIDC_ISSUER: setting(
    url('http', 'https').optional(),
    'Issuer of OpenID Connect where people sign in to the console.',
    'Use the address before /.well-known/openid-configuration; http only for this machine.',
  ),
  PARLEY_OIDC_CLIENT_ID: setting(text.optional(), 'Client of that issuer.', 'Use the client id.'),
  PARLEY_OIDC_CLIENT_SECRET: secret('Secret of that client; public clients have none.', 'Use the client secret.'),
  PARLEY_OIDC_CLAIM: setting(
    text.default('groups'),
    'Claim of the ID token that says what somebody is: a text or a list of texts.',
    'Use a name such as groups or email.',
  ),
  PARLEY_OIDC_ROLES: setting(
    list.refine((roles) => roles.length > 0 && roles.every(isRole)).optional(),
    'What each value of that claim may do: the id of the key whose tenant and scopes the session gets. The first that fits counts.',
    'Use value=key_…, separated by commas, with ids of `parley keys`, such as admins=key_01….',
  ),
} as const satisfies Record<string, Setting>;

type SignInSettings = {
  PARLEY_OIDC_ISSUER?: string | undefined;
  PARLEY_OIDC_CLIENT_ID?: string | undefined;
  PARLEY_OIDC_CLIENT_SECRET?: string | undefined;
  PARLEY_OIDC_CLAIM: string;
  PARLEY_OIDC_ROLES?: string[] | undefined;
};

/** Undefined: only keys open the console. */
export function signInConfig(read: SignInSettings): { openId: OpenIdConfig | undefined; problem: string | undefined } {
  const { PARLEY_OIDC_ISSUER: issuer, PARLEY_OIDC_CLIENT_ID: clientId, PARLEY_OIDC_ROLES: roles } = read;
  if (!issuer) return { openId: undefined, problem: undefined };
  const { protocol, hostname } = new URL(issuer);
  if (protocol === 'http:' && !/^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname))
    return { openId: undefined, problem: 'PARLEY_OIDC_ISSUER must be https: what it says is believed.' };
  if (!clientId || !roles)
    return {
      openId: undefined,
      problem: 'PARLEY_OIDC_ISSUER is set, but PARLEY_OIDC_CLIENT_ID or PARLEY_OIDC_ROLES is missing.',
    };
  const clientSecret = read.PARLEY_OIDC_CLIENT_SECRET;
  return {
    openId: {
      issuer,
      clientId,
      claim: read.PARLEY_OIDC_CLAIM,
      ...(clientSecret && { clientSecret }),
      roles: roles.map((each) => {
        const at = each.lastIndexOf('=');
        return { value: each.slice(0, at), keyId: each.slice(at + 1) };
      }),
    },
    problem: undefined,
  };
}

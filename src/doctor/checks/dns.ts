import { isIP } from 'node:net';
import { isPublicAddress } from '../../calls/webhooks/public-address.ts';
import type { Check } from '../check.ts';
import { isLoopback } from '../connection-trouble.ts';
import { failed, type Finding, ok, skipped, warning } from '../finding.ts';

export const dns: Check = {
  about: 'The names under which others reach the API and LiveKit.',
  reads: ['PARLEY_PUBLIC_URL', 'LIVEKIT_PUBLIC_URL'],
  async run({ config, lookup }) {
    const named = (['PARLEY_PUBLIC_URL', 'LIVEKIT_PUBLIC_URL'] as const).flatMap((setting) => {
      const url = config[setting];
      return url ? [{ setting, host: new URL(url).hostname.replace(/^\[|\]$/g, '') }] : [];
    });
    if (named.length === 0) return skipped('Neither PARLEY_PUBLIC_URL nor LIVEKIT_PUBLIC_URL is set.');
    return Promise.all(
      named.map(async ({ setting, host }): Promise<Finding> => {
        if (isLoopback(host))
          return warning(
            `${setting} leads to ${host}, which only this machine can reach.`,
            `Set ${setting} to the name under which others reach it, or leave it unset on a single machine.`,
          );
        const found = isIP(host) ? [{ address: host }] : await lookup(host).catch(() => []);
        if (found.length === 0)
          return failed(
            `${host} of ${setting} is not known to the name service.`,
            `Add a DNS record (A or AAAA) that leads to this server, or correct ${setting}.`,
          );
        const addresses = found.map(({ address }) => address);
        const inner = addresses.find((address) => !isPublicAddress(address));
        if (inner)
          return warning(
            `${host} leads to ${inner}, which the internet cannot reach.`,
            'That is right in a network of your own. Else let its DNS record lead to the public address.',
          );
        return ok(`${host} leads to ${addresses.join(', ')}.`);
      }),
    );
  },
};

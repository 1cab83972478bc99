import { askHttp } from '../ask-http.ts';
import { certificateEnd } from '../certificate-end.ts';
import type { Check } from '../check.ts';
import { connectionTrouble, hostAndPort } from '../connection-trouble.ts';
import { failed, type Finding, ok, skipped, warning } from '../finding.ts';

export const publicApi: Check = {
  about: 'The API under its public address, from here, and how long its certificate lasts.',
  reads: ['PARLEY_PUBLIC_URL'],
  async run({ config, lookup, trusted }, signal) {
    if (!config.PARLEY_PUBLIC_URL) return skipped('PARLEY_PUBLIC_URL is not set.');
    const url = new URL(config.PARLEY_PUBLIC_URL);
    const findings: Finding[] = [];
    if (url.protocol === 'http:')
      findings.push(
        warning(
          'PARLEY_PUBLIC_URL is http: API keys travel readable, and browsers give no microphone.',
          'Put a proxy with a certificate in front (docker/Caddyfile) and write https://.',
        ),
      );
    const at = hostAndPort(url);
    const known = await lookup(url.hostname.replace(/^\[|\]$/g, '')).catch(() => []);
    if (known.length === 0) return skipped(`${url.hostname} is not known, see dns.`);
    try {
      const answer = await askHttp(`${url.href.replace(/(?<!\/)\/+$/, '')}/health`, { signal, trusted });
      if (answer.certificate) findings.push(certificateEnd(answer.certificate, url.hostname));
      return [...findings, judge(answer, at)];
    } catch (error) {
      const who = 'Parley';
      const { message, cure } = connectionTrouble(error, { who, at, setting: 'PARLEY_PUBLIC_URL' });
      return [
        ...findings,
        failed(message, `${cure} Some networks cannot reach their own public address: try from outside too.`),
      ];
    }
  },
};

function judge({ status, body }: { status: number; body: string }, at: string): Finding {
  if (status === 200 && /"version"/.test(body) && /"dependencies"/.test(body)) return ok(`Parley answers at ${at}.`);
  if ([502, 503, 504].includes(status))
    return failed(
      `The proxy at ${at} does not reach Parley (HTTP ${status}).`,
      'Start `serve`, and let the proxy lead to PARLEY_PORT.',
    );
  if (status >= 300 && status < 400)
    return failed(`${at} leads elsewhere (HTTP ${status}).`, 'Write the address it leads to in PARLEY_PUBLIC_URL.');
  return failed(
    `What answers at ${at} is not Parley (HTTP ${status}).`,
    'Correct PARLEY_PUBLIC_URL, its DNS record, or the proxy.',
  );
}

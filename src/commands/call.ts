import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CallerScript } from '../caller/caller-script.ts';
import { placeTestCall } from '../caller/place-test-call.ts';
import { printTestCall } from '../caller/print-test-call.ts';

import type { Config } from '../config.ts';
import { readDevelopmentKey } from '../stack/development-key.ts';
import type { Command } from './command.ts';
import { withVoice } from './with-voice.ts';

export const call: Command = {
  help: `parley call --agent receptionist --say "What time do you open?" [--say "…"]

Calls an agent of a running Parley as a browser would, speaks, listens, and prints what both sides said with the latency at the
caller's end. Saves a two-channel recording (caller left, agent right) and a report.

  --agent NAME      the agent to call (default: receptionist)
  --say TEXT        what the caller says; repeat it for more turns
  --wav FILE        what the caller says, as a recording (16-bit PCM WAV)
  --pipeline NAME   cloud, lan or embedded instead of the agent's own
  --url URL         the API (default: http://PARLEY_HOST:PARLEY_PORT)
  --key KEY         an API key (default: AGENTS_API_KEY, or the development key of \`parley up\`)
  --out FOLDER      where recording and report go (default: reports)
  --seconds N       longest call (default: 120)

Exit codes: 0 the agent answered every time, 1 it did not or could not be called, 2 wrong options.`,
  options: {
    agent: { type: 'string' },
    say: { type: 'string', multiple: true },
    wav: { type: 'string' },
    pipeline: { type: 'string' },
    url: { type: 'string' },
    key: { type: 'string' },
    out: { type: 'string' },
    seconds: { type: 'string' },
  },
  async run({ config, values, signal, out }) {
    const say = (values['say'] as string[] | undefined) ?? [];
    const script: CallerScript = [
      {},
      ...say.map((text) => ({ say: text })),
      ...(values['wav'] ? [{ say: { wav: values['wav'] as string } }] : []),
    ];
    const scheme = config.PARLEY_HTTPS ? 'https' : 'http';
    const url = (values['url'] as string | undefined) ?? `${scheme}://${config.PARLEY_HOST}:${config.PARLEY_PORT}`;
    const key =
      (values['key'] as string | undefined) ?? config.AGENTS_API_KEY ?? readDevelopmentKey(config.PARLEY_DATA_DIR);
    if (!key) throw new Error('No API key is known. Give --key, or set AGENTS_API_KEY.');
    const folder = (values['out'] as string | undefined) ?? 'reports';
    const stamp = new Date().toISOString().replaceAll(/[:.]/g, '-');
    const recordTo = join(folder, `${stamp}.wav`);
    mkdirSync(dirname(recordTo), { recursive: true });
    return withVoice({ config, log: (line) => out.write(`  … ${line}\n`), signal }, async (voice) => {
      const made = await placeTestCall({
        api: { url, key, ...ownCertificate(config, values['url'] !== undefined) },
        agent: (values['agent'] as string | undefined) ?? 'receptionist',
        ...(values['pipeline'] ? { pipeline: values['pipeline'] as string } : {}),
        script,
        ...voice,
        timeoutSeconds: Number(values['seconds'] ?? 120),
        atEnd: 'hang-up',
        recordTo,
        signal,
      });
      const reportFile = join(folder, `${stamp}.json`);
      writeFileSync(reportFile, `${JSON.stringify(made, null, 2)}\n`);
      out.write(`${printTestCall(made)}\nRecording: ${recordTo}\nReport:    ${reportFile}\n`);
      return made.heard.ok ? 0 : 1;
    });
  },
};

/** A Parley of this machine that signed its own certificate is trusted for the API; LiveKit is then reached without TLS. */
function ownCertificate(config: Config, elsewhere: boolean): { certificate?: string; livekitUrl?: string } {
  const file = join(config.PARLEY_DATA_DIR, 'https', 'cert.pem');
  if (!config.PARLEY_HTTPS || elsewhere || !existsSync(file)) return {};
  const livekitUrl = config.LIVEKIT_URL ?? `ws://127.0.0.1:${config.PARLEY_LIVEKIT_PORT}`;
  return { certificate: readFileSync(file, 'utf8'), livekitUrl };
}

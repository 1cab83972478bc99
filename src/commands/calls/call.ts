import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CallerScript } from '../../caller/caller-script.ts';
import { placeTestCall } from '../../caller/place-test-call.ts';
import { printTestCall } from '../../caller/print-test-call.ts';
import { reachLivekit } from '../../compose/reach-livekit.ts';
import type { Command } from '../command.ts';
import { apiHelp, apiOf, apiOptions, readVariables } from '../running-api.ts';
import { withVoice } from '../run/with-voice.ts';

export const call: Command = {
  help: `parley call --agent receptionist --say "What time do you open?" [--say "…"]

Calls an agent of a running Parley as a browser would, speaks, listens, and prints what both sides said with the latency at the
caller's end. Saves a two-channel recording (caller left, agent right) and a report.

  --agent NAME      the agent to call (default: receptionist)
  --say TEXT        what the caller says; repeat it for more turns
  --wav FILE        what the caller says, as a recording (16-bit PCM WAV)
  --pipeline NAME   cloud, lan or embedded instead of the agent's own
  --variable NAME=VALUE   fills {{NAME}} of the agent; repeat it for more
${apiHelp}
  --out FOLDER      where recording and report go (default: reports)
  --seconds N       longest call (default: 120)

Exit codes: 0 the agent answered every time, 1 it did not or could not be called, 2 wrong options.`,
  options: {
    agent: { type: 'string' },
    say: { type: 'string', multiple: true },
    wav: { type: 'string' },
    pipeline: { type: 'string' },
    variable: { type: 'string', multiple: true },
    ...apiOptions,
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
    const api = apiOf(config, values);
    const variables = readVariables(values['variable']);
    const folder = (values['out'] as string | undefined) ?? 'reports';
    const stamp = new Date().toISOString().replaceAll(/[:.]/g, '-');
    const recordTo = join(folder, `${stamp}.wav`);
    mkdirSync(dirname(recordTo), { recursive: true });
    return withVoice({ config, log: (line) => out.write(`  … ${line}\n`), signal }, async (voice) => {
      const made = await placeTestCall({
        api,
        agent: (values['agent'] as string | undefined) ?? 'receptionist',
        ...(values['pipeline'] ? { pipeline: values['pipeline'] as string } : {}),
        variables,
        script,
        ...voice,
        timeoutSeconds: Number(values['seconds'] ?? 120),
        atEnd: 'hang-up',
        recordTo,
        signal,
        beforeJoining: reachLivekit,
      });
      const reportFile = join(folder, `${stamp}.json`);
      writeFileSync(reportFile, `${JSON.stringify(made, null, 2)}\n`);
      out.write(`${printTestCall(made)}\nRecording: ${recordTo}\nReport:    ${reportFile}\n`);
      return made.heard.ok ? 0 : 1;
    });
  },
};

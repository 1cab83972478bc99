import { fileURLToPath } from 'node:url';
import { connectEngine } from '../../../pipelines/index.ts';
import type { CallerScript } from '../../caller/caller-script.ts';
import { embeddedVoice } from '../../caller/embedded-voice.ts';
import { placeTestCall } from '../../caller/place-test-call.ts';
import { printTestCall } from '../../caller/print-test-call.ts';
import { selfCheckProblems } from '../../caller/self-check-problems.ts';
import { reachLivekit } from '../../compose/reach-livekit.ts';
import { composeServe, composeWorker, startMetrics } from '../../compose.ts';
import { type Config, environment } from '../../config.ts';
import { selfSignedCertificate } from '../../http/https.ts';
import { waitForLivekit } from '../../livekit/wait-for-livekit.ts';
import { allOrNone, closeAll } from '../../stack/all-or-none.ts';
import { bringUp } from '../../stack/bring-up.ts';
import { findOllama } from '../../stack/find-ollama.ts';
import { keptDevelopmentKey } from '../../stack/development-key.ts';
import { appendTo, logFileIn } from '../../stack/log-file.ts';
import { prepareEngineModels } from '../../stack/models/prepare-engine-models.ts';
import { consoleProgress } from '../../stack/progress.ts';
import { requireFreePort } from '../../stack/require-free-port.ts';
import { migrate } from '../../store/migrate.ts';
import { createLogger } from '../../telemetry/logger.ts';
import type { Command } from '../command.ts';

export const up: Command = {
  help: `parley up [--no-call] [--log json]

Everything on this machine: fetches what is missing (livekit-server, PostgreSQL, the embedded models), starts it, prints the address
of the page, makes one spoken test call to the receptionist and prints what both sides said, then stays up.

Ctrl-C stops everything it started and nothing else. LIVEKIT_URL and DATABASE_URL name servers of your own. With
PARLEY_ONCE=1 it ends after the test call.

  --no-call    start without the test call
  --log json   write the log as JSON lines to standard error instead of a file in PARLEY_DATA_DIR

Exit codes: 0 stopped (with PARLEY_ONCE: the call went well), 1 could not start (or the call failed).`,
  options: { 'no-call': { type: 'boolean' }, log: { type: 'string' } },
  async run({ config, values, signal, out }) {
    if (values['log'] !== undefined && values['log'] !== 'json') {
      out.write(`--log ${String(values['log'])} is not known; it can be json.\n\n${up.help}\n`);
      return 2;
    }
    const startedAt = performance.now();
    const progress = consoleProgress(out);
    const closers: (() => Promise<void>)[] = [];
    try {
      await requireFreePort({
        port: config.PARLEY_PORT,
        host: config.PARLEY_HOST,
        purpose: 'the API',
        setting: 'PARLEY_PORT',
      });
      const [stack, engineModels] = await allOrNone(signal, (starting) => [
        bringUp({ config, progress, signal: starting }).then((started) => {
          closers.push(started.stop);
          return started;
        }),
        config.PARLEY_EMBEDDED
          ? prepareEngineModels({
              dataDir: config.PARLEY_DATA_DIR,
              languageModel: config.PARLEY_EMBEDDED_LLM,
              log: (line) => out.write(`  … ${line}\n`),
              signal: starting,
            })
          : undefined,
      ]);
      if (config.LIVEKIT_URL)
        await progress.step('Reach LiveKit', () =>
          waitForLivekit({ connection: stack.livekit, waitSeconds: 30, signal }),
        );
      await progress.step('Bring the database to this version', () => migrate({ url: stack.databaseUrl, signal }));
      const key = config.AGENTS_API_KEY ?? keptDevelopmentKey(config.PARLEY_DATA_DIR);
      const logFile = values['log'] === 'json' ? undefined : logFileIn(config.PARLEY_DATA_DIR);
      const logger = createLogger({
        level: config.PARLEY_LOG_LEVEL,
        component: 'parley',
        out: logFile === undefined ? process.stderr : appendTo(logFile),
      });
      const { server, worker } = await progress.step('Start the worker, the API and the page', async () => {
        const { metrics, close } = startMetrics('up');
        closers.push(close);
        const worker = composeWorker({
          config,
          endpoints: stack,
          ...(engineModels ? { engineModels } : {}),
          environment: environment(),
          ...(logFile !== undefined && { logFile }),
          metrics,
          logger,
        });
        closers.push(async () => {
          await worker.drain(config.PARLEY_ONCE ? 0 : Math.min(config.PARLEY_DRAIN_SECONDS, 5));
          await worker.close();
        });
        const server = await composeServe({ config, endpoints: stack, keys: [key], metrics, logger });
        closers.push(() => server.close());
        await worker.ready;
        return { server, worker };
      });
      out.write(`  Up after ${((performance.now() - startedAt) / 1000).toFixed(1)} s.\n\n`);
      if (signal.aborted) return 0;
      out.write(
        `Talk to it:  ${server.url}/#key=${key}\nAPI key:     ${key}\nAPI:         ${server.url}/docs\n${logFile ? `Log:         ${logFile}\n` : ''}Stop:        Ctrl-C\n\n`,
      );
      const checks = engineModels !== undefined && !values['no-call'];
      if (checks) out.write('Making one spoken test call (`parley up --no-call` skips it) …\n\n');
      const went = checks
        ? await selfCheck({
            config,
            server,
            key,
            livekitUrl: stack.livekit.url,
            engineSocketPath: worker.engineSocketPath,
            signal,
            out,
          })
        : true;
      if (config.PARLEY_ONCE) return went ? 0 : 1;
      const ollama = config.OLLAMA_URL ? { url: '', models: [] } : await findOllama();
      if (ollama.models[0])
        out.write(
          `An Ollama runs on this machine. To let it answer instead of the script: OLLAMA_URL=${ollama.url} OLLAMA_MODEL=${ollama.models[0]}, and in an agent file "pipeline: { preset: embedded, llm: ollama-llm }".\n\n`,
        );
      const broken = await Promise.race([stack.broken, aborted(signal)]);
      if (!broken) return 0;
      process.stderr.write(`parley: ${broken}\n`);
      return 1;
    } finally {
      await closeAll(closers.toReversed());
    }
  },
};

/** Recordings of a synthetic voice, so that every machine hears the same. */
const selfCheckScript: CallerScript = [
  {},
  ...[
    { file: 'hours', text: 'Hi, what time do you open on Monday?' },
    { file: 'price', text: 'And how much is a cleaning?' },
    { file: 'goodbye', text: 'No thank you, that is all. Goodbye.' },
  ].map(({ file, text }) => ({
    say: { wav: fileURLToPath(new URL(`../../caller/speech/${file}.wav`, import.meta.url)), text },
  })),
];

/** One spoken conversation with the receptionist, from the first hello to the end of the call. True: it went well. */
async function selfCheck(options: {
  config: Config;
  server: { url: string };
  key: string;
  livekitUrl: string;
  engineSocketPath: string;
  signal: AbortSignal;
  out: NodeJS.WritableStream;
}): Promise<boolean> {
  const { config, server, key, livekitUrl, signal, out } = options;
  const certificate = config.PARLEY_HTTPS ? (await selfSignedCertificate(config.PARLEY_DATA_DIR)).cert : undefined;
  const engine = connectEngine(options.engineSocketPath);
  try {
    const call = await placeTestCall({
      api: { url: server.url, key, livekitUrl, certificate },
      agent: 'receptionist',
      pipeline: 'embedded',
      script: selfCheckScript,
      ...embeddedVoice(engine),
      timeoutSeconds: 90,
      atEnd: 'wait-for-agent',
      signal,
      beforeJoining: reachLivekit,
    });
    out.write(`${printTestCall(call)}\n`);
    const problems = selfCheckProblems(call);
    out.write(
      problems.length === 0
        ? 'The test call went well.\n\n'
        : `The test call did not go well:\n${problems.map((problem) => `  - ${problem}\n`).join('')}\`parley doctor\` checks everything a call needs.\n\n`,
    );
    return problems.length === 0;
  } catch (error) {
    if (!signal.aborted) out.write(`The test call could not be made: ${(error as Error).message}\n\n`);
    return false;
  } finally {
    engine.close();
  }
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { startFleet } from '../../caller/fleet.ts';
import { expectWithOneMore, reasonOf, watchBusy } from '../../load/busy.ts';
import { type Capacity, findCapacity, holdLoad, type LoadLevel } from '../../load/find-capacity.ts';
import { reachLivekit } from '../../compose/reach-livekit.ts';
import { loadPicture } from '../../load/load-picture.ts';
import type { Promises } from '../../load/promises.ts';
import { startParley } from '../../load/start-parley.ts';
import { closeAll } from '../../stack/all-or-none.ts';
import { prepareEngineModels } from '../../stack/models/prepare-engine-models.ts';
import { consoleProgress } from '../../stack/progress.ts';
import { startScratchStack } from '../../stack/scratch-stack.ts';
import type { Command } from '../command.ts';

type Context = Parameters<Command['run']>[0];

export const load: Command = {
  help: `parley load [--pipeline embedded|lan|cloud --spend-limit USD]

Says how many calls at once this machine takes, and why not more. Starts livekit-server, PostgreSQL, serve and worker of its own, lets
callers come until a promise breaks (the greeting, the answers, dropped calls, stutter; all measured at the callers' end), and finds
the most that keep them all. Whatever LiveKit and database the settings name are not touched.

  --agent NAME        who is called (default: receptionist)
  --pipeline NAME     embedded (default), lan or cloud
  --spend-limit USD   no call begins once hosted providers have cost that; they are not called without it
  --most N            calls at once that are tried at most (default: 64)
  --greeting-ms N     promised: 95 of 100 are greeted within that (default: 1000)
  --answer-ms N       promised: 95 of 100 answers begin within that (default: 2500)
  --gap-ms N          promised: 95 of 100 answers are heard no longer than that beyond their length (default: 60)
  --hold MINUTES      then keeps as many calls up for so long, and says whether the promises held
  --json FILE         writes every level
  --svg FILE          writes the picture of latency over calls

A level that breaks a promise is tried a second time before it counts. Run it where nothing else runs. No phone is dialled; tools of
the agent that the model calls do what they do, so choose an agent whose tools may be called.

Exit codes: 0 there is a verdict, 1 it could not be measured or did not hold, 2 wrong options.`,
  options: {
    agent: { type: 'string' },
    pipeline: { type: 'string' },
    'spend-limit': { type: 'string' },
    most: { type: 'string' },
    'greeting-ms': { type: 'string' },
    'answer-ms': { type: 'string' },
    'gap-ms': { type: 'string' },
    hold: { type: 'string' },
    json: { type: 'string' },
    svg: { type: 'string' },
  },
  async run(context) {
    const options = readOptions(context.values);
    if (typeof options === 'string') {
      context.out.write(`parley load: ${options}\n`);
      return 2;
    }
    const closers: (() => Promise<void>)[] = [];
    try {
      return await measure(context, options, closers);
    } finally {
      await closeAll(closers.toReversed());
    }
  },
};

type Options = {
  promises: Promises;
  most: number;
  holdMinutes: number;
  pipeline: string;
  spendLimit: number | undefined;
};

/** The options, or what is wrong with them. */
export function readOptions(values: Context['values']): Options | string {
  const numberOf = (name: string, standard: number) => Number(values[name] ?? standard);
  const numbers = {
    most: numberOf('most', 64),
    'greeting-ms': numberOf('greeting-ms', 1000),
    'answer-ms': numberOf('answer-ms', 2500),
    'gap-ms': numberOf('gap-ms', 60),
    hold: numberOf('hold', 0),
  };
  for (const [name, value] of Object.entries(numbers))
    if (!(value > 0 || (name === 'hold' && value === 0))) return `--${name} is a number above 0.`;
  if (!Number.isInteger(numbers.most) || numbers.most > 1000) return '--most is a whole number up to 1000.';
  const pipeline = String(values['pipeline'] ?? 'embedded');
  if (!['embedded', 'lan', 'cloud'].includes(pipeline)) return `--pipeline is embedded, lan or cloud, not ${pipeline}.`;
  const limit = values['spend-limit'];
  const spendLimit = limit === undefined ? undefined : Number(limit);
  if (spendLimit !== undefined && !(spendLimit > 0)) return '--spend-limit is an amount above 0, in USD.';
  if (pipeline === 'cloud' && spendLimit === undefined)
    return 'the providers of --pipeline cloud cost money for every call. Give --spend-limit, in USD.';
  const { most, hold: holdMinutes } = numbers;
  const promises = { greetingMs: numbers['greeting-ms'], answerMs: numbers['answer-ms'], gapMs: numbers['gap-ms'] };
  return { promises, most, holdMinutes, pipeline, spendLimit };
}

async function measure(context: Context, options: Options, closers: (() => Promise<void>)[]): Promise<number> {
  const { config, values, signal, out } = context;
  const { promises, most, pipeline, spendLimit } = options;
  const progress = consoleProgress(out);
  const dataDir = config.PARLEY_DATA_DIR;
  if (config.PARLEY_EMBEDDED) await prepareEngineModels({ dataDir, log: (line) => out.write(`  … ${line}\n`), signal });
  const stack = await progress.step('Start livekit-server and PostgreSQL for the test', () =>
    startScratchStack({ dataDir, progress, signal }),
  );
  closers.push(stack.stop);
  const parley = await progress.step('Start the API and the worker', () =>
    startParley({
      livekit: stack.livekit,
      databaseUrl: stack.postgres.url,
      providers: {},
      workDir: stack.workDir,
      calls: most,
      pipeline,
      agentsDir: config.PARLEY_AGENTS_DIR,
      agent: String(values['agent'] ?? 'receptionist'),
      // As the operator has set it: the machine is measured as it will be used.
      settings: {
        PARLEY_DATA_DIR: dataDir,
        PARLEY_CALL_PROCESSES: String(config.PARLEY_CALL_PROCESSES),
        PARLEY_CALLS_PER_PROCESS: String(Math.ceil(most / config.PARLEY_CALL_PROCESSES)),
        PARLEY_EMBEDDED_CALLS: String(most),
        PARLEY_MAX_CALLS: String(most + 1),
        ...(spendLimit !== undefined && { PARLEY_SPEND_PER_DAY_USD: String(spendLimit) }),
      },
    }),
  );
  closers.push(() => parley.stop());
  // The process of the callers inherits the environment.
  reachLivekit(stack.livekit.url);
  const fleet = startFleet();
  closers.push(() => fleet.stop());
  const roots = {
    worker: parley.pid,
    'the API': parley.servePid,
    'livekit-server': stack.livekit.pid,
    PostgreSQL: stack.postgres.process.pid,
    'the callers of this test': fleet.pid,
  };
  const parts = {
    system: parley,
    fleet,
    promises,
    most,
    watch: () => watchBusy(roots),
    onLevel: (level: LoadLevel) => out.write(`${describeLevel(level)}\n`),
    signal,
  };
  const capacity = await findCapacity(parts);
  out.write(`\n${verdict(capacity, { tried: most, callProcesses: config.PARLEY_CALL_PROCESSES })}\n`);
  const held =
    options.holdMinutes > 0 && capacity.most > 0
      ? await holdLoad(capacity.most, options.holdMinutes, parts)
      : undefined;
  if (held)
    out.write(
      held.broken.length === 0
        ? `${capacity.most} calls at once kept every promise for ${options.holdMinutes} minutes (${held.rounds} rounds).\n`
        : `It did not hold: in round ${held.rounds} ${held.broken.join('; ')}.\n`,
    );
  const report = { ...capacity, promises, pipeline, cores: availableParallelism(), ...(held && { held }) };
  if (typeof values['json'] === 'string') await writeFile(values['json'], `${JSON.stringify(report, null, 2)}\n`);
  if (typeof values['svg'] === 'string')
    await writeFile(values['svg'], loadPicture(capacity.levels, { promises, most: capacity.most }));
  return capacity.most > 0 && (held?.broken.length ?? 0) === 0 ? 0 : 1;
}

function describeLevel({ calls, broken, greetingMs, answerMs, gapMs, busy }: LoadLevel): string {
  const figures = [
    `greeting p95 ${greetingMs.p95 ?? '–'} ms`,
    `answer p95 ${answerMs.p95 ?? '–'} ms`,
    `gaps p95 ${gapMs.p95 ?? '–'} ms`,
    `machine ${Math.round(busy.machine * 100)} %`,
  ];
  return `${broken.length === 0 ? '✓' : '✗'} ${String(calls).padStart(3)} calls  ${figures.join('  ')}${broken.length > 0 ? `\n    ${broken.join('\n    ')}` : ''}`;
}

/** `This machine: 6 calls at once. …` */
export function verdict(
  { most, levels, broken }: Capacity,
  { tried, callProcesses, cores = availableParallelism() }: { tried: number; callProcesses: number; cores?: number },
): string {
  if (broken.length === 0) return `This machine: at least ${most} calls at once; no more were tried (--most ${tried}).`;
  const first = levels.filter(({ calls }) => calls > most).sort((a, b) => a.calls - b.calls)[0];
  if (!first) return `This machine: ${most} calls at once.`;
  const expected = expectWithOneMore(first.busy, { calls: most, callProcesses, cores });
  const advice = expected ? ` With PARLEY_CALL_PROCESSES=${expected.callProcesses} expect ${expected.calls}.` : '';
  return `This machine: ${most} calls at once. With ${first.calls}: ${broken.join('; ')}.\nThe limit: ${reasonOf(first.busy, cores)}.${advice}`;
}

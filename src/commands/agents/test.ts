import { watch } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { describeProblem } from '../../agent-files/agent-problem.ts';
import { loadAgents } from '../../agent-files/load-agents.ts';
import { isProviderName, pipelinePresets } from '../../../pipelines/index.ts';
import { openSoundRunner } from '../../compose/compose-sound-scenarios.ts';
import { openTextRunner } from '../../compose/compose-scenarios.ts';
import { readKeptCall } from '../../compose/compose-kept-call.ts';
import { environment } from '../../config.ts';
import { toolSettings } from '../../compose/tool-settings.ts';
import { knownNames } from '../../known-names.ts';
import { agentsAt } from '../../scenarios/agents-at.ts';
import { loadScenarios, scenarioFiles } from '../../scenarios/file/load-scenarios.ts';
import { scenarioFromCall } from '../../scenarios/from-call.ts';
import { type Line, lines } from '../../scenarios/outcome.ts';
import { githubAnnotations, jsonReport, junitReport } from '../../scenarios/report/machine-reports.ts';
import { printComparison } from '../../scenarios/report/print-comparison.ts';
import { printResults } from '../../scenarios/report/print-results.ts';
import { consoleProgress } from '../../stack/progress.ts';
import { runScenarios, type ScenarioResult } from '../../scenarios/run-scenarios.ts';
import type { Command } from '../command.ts';

type Context = Parameters<Command['run']>[0];

export const test: Command = {
  help: `parley test [FILE.yaml …] [--in text|sound]
parley test --from-call call_… [--out FILE.yaml]

Runs scenarios against agents and says what was not as expected: those of the files, or of all files in tests/ of
PARLEY_AGENTS_DIR. docs/testing-agents.md says how they are written. With
--from-call it writes a scenario from a call in the database instead.

  --in LINE         text (default): the real conversation without sound, keys or LiveKit; sound: real calls over WebRTC with the
                    embedded pipeline, on servers of its own
  --agent NAME      only the scenarios of this agent; may be given again
  --repeat N        runs each scenario so often
  --pass-rate R     share of its runs in which a scenario must pass (default: 1)
  --pipeline NAME   cloud, lan or embedded instead of the agent's own, or a language model: PROVIDER[:MODEL]
  --model NAME      PROVIDER[:MODEL] that judges \`means\` and plays personas with a goal
  --against TARGET  the same with other agents (a folder, or a revision of git) or another pipeline or model, side by side
  --junit FILE      writes a JUnit report
  --json FILE       writes every run with what was said and done
  --out FILE        where --from-call writes; it is printed otherwise
  --watch           runs them again whenever an agent or a scenario is saved

On GitHub Actions each failure is shown beside its line.

Exit codes: 0 every scenario passed, 1 one did not, 2 a file or an option is wrong.`,
  options: {
    in: { type: 'string' },
    agent: { type: 'string', multiple: true },
    repeat: { type: 'string' },
    'pass-rate': { type: 'string' },
    pipeline: { type: 'string' },
    model: { type: 'string' },
    against: { type: 'string' },
    junit: { type: 'string' },
    json: { type: 'string' },
    watch: { type: 'boolean' },
    'from-call': { type: 'string' },
    out: { type: 'string' },
  },
  async run(context) {
    const { values, signal, config, out } = context;
    if (typeof values['from-call'] === 'string') return writeScenario(context, values['from-call']);
    const options = readOptions(values);
    if (typeof options === 'string') {
      out.write(`parley test: ${options}\n`);
      return 2;
    }
    if (!values['watch']) return runOnce(context, options);
    let changed = Promise.withResolvers<void>();
    const watcher = watch(config.PARLEY_AGENTS_DIR, { recursive: true }, () => changed.resolve());
    signal.addEventListener('abort', () => changed.resolve(), { once: true });
    let code = 0;
    while (!signal.aborted) {
      changed = Promise.withResolvers();
      code = await runOnce(context, options);
      if (!signal.aborted) out.write('Waiting for a file to be saved. Ctrl-C stops.\n\n');
      await changed.promise;
      // Editors save in several steps.
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    watcher.close();
    return code;
  },
};

async function writeScenario({ config, values, out }: Context, id: string): Promise<number> {
  const text = scenarioFromCall(await readKeptCall(id, config));
  if (typeof values['out'] !== 'string') out.write(text);
  else {
    // What somebody has written there is not overwritten.
    await writeFile(values['out'], text, { flag: 'wx' });
    out.write(`${values['out']} repeats the call. Try it with \`parley test ${values['out']}\`.\n`);
  }
  return 0;
}

type Options = { line: Line; repeat: number; passRate: number };

/** The options that can be wrong, or what is wrong with them. */
function readOptions(values: Context['values']): Options | string {
  const line = (values['in'] ?? 'text') as Line;
  if (!lines.includes(line)) return `--in is ${lines.join(' or ')}, not ${line}.`;
  const only = ['pipeline', 'against'].find((option) => values[option] !== undefined);
  if (line === 'sound' && only) return `--${only} is for text; in sound the embedded pipeline answers.`;
  const repeat = Number(values['repeat'] ?? 1);
  if (!Number.isInteger(repeat) || repeat < 1 || repeat > 1000) return '--repeat is a whole number from 1 to 1000.';
  const passRate = Number(values['pass-rate'] ?? 1);
  if (!(passRate > 0 && passRate <= 1)) return '--pass-rate is more than 0 and at most 1, such as 0.9.';
  return { line, repeat, passRate };
}

async function runOnce(context: Context, options: Options): Promise<number> {
  const { config, positionals, values, out } = context;
  const folder = config.PARLEY_AGENTS_DIR;
  // Tools that reach the outside are doubled: their secrets need not be there.
  const { secrets: _secrets, ...known } = knownNames(toolSettings(config));
  const loaded = await loadAgents(folder, known).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      `${folder} cannot be read (${error.code}). Set PARLEY_AGENTS_DIR to the folder of the agent files.`,
    );
  });
  // An agent whose file is wrong is told once.
  const names = [...loaded.agents.map(({ name }) => name), ...loaded.problems.map(({ file }) => basename(file, '.md'))];
  const files = positionals.length > 0 ? positionals : await scenarioFiles(folder);
  const found = await loadScenarios(files, names);
  const problems = [...loaded.problems, ...found.problems];
  for (const problem of problems) out.write(`${describeProblem(problem)}\n`);
  if (problems.length > 0) return 2;
  const only = values['agent'] as string[] | undefined;
  const scenarios = found.scenarios.filter(({ agent }) => only?.includes(agent) ?? true);
  if (scenarios.length === 0) {
    out.write(
      `There is no scenario${only ? ` of ${only.join(', ')}` : ''} in ${files.join(', ') || `${folder}/tests`}.\n`,
    );
    return 2;
  }
  const run = async (agents: typeof loaded.agents, pipeline: string | undefined) => {
    const startedMs = performance.now();
    const model = values['model'] as string | undefined;
    const runner = await openTextRunner({ config, agents, pipeline, model });
    try {
      const { signal } = context;
      const sound =
        options.line === 'sound'
          ? await openSoundRunner({ config, agents, progress: consoleProgress(out), signal })
          : undefined;
      try {
        const running = { ...options, ...runner, ...(sound && { run: sound.run }), atOnce: sound ? 1 : 8, signal };
        const results = await runScenarios(scenarios, running);
        return { results, seconds: (performance.now() - startedMs) / 1000 };
      } finally {
        await sound?.close();
      }
    } finally {
      await runner.close();
    }
  };
  const pipeline = values['pipeline'] as string | undefined;
  const { results, seconds } = await run(loaded.agents, pipeline);
  out.write(printResults(results, { seconds }));
  const against = values['against'] as string | undefined;
  if (against !== undefined) {
    const isPipeline = Object.hasOwn(pipelinePresets, against) || isProviderName(against.split(':')[0] ?? '');
    const other = await run(
      isPipeline ? loaded.agents : await agentsAt(against, folder, known),
      isPipeline ? against : pipeline,
    );
    out.write(`\n${printComparison({ name: pipeline ?? 'now', results }, { name: against, results: other.results })}`);
  }
  await report(context, results);
  return results.every(({ ok }) => ok) ? 0 : 1;
}

async function report({ values, out }: Context, results: readonly ScenarioResult[]): Promise<void> {
  if (typeof values['junit'] === 'string') await writeFile(values['junit'], junitReport(results));
  if (typeof values['json'] === 'string') await writeFile(values['json'], jsonReport(results));
  if (environment()['GITHUB_ACTIONS'] === 'true') out.write(githubAnnotations(results));
}

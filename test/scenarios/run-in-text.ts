import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { paperReader } from '../../src/agent-files/knowledge/paper.ts';
import { parseAgent } from '../../src/agent-files/parse-agent.ts';
import { openTextRunner } from '../../src/compose/compose-scenarios.ts';
import { toolSettings } from '../../src/compose/tool-settings.ts';
import { readConfig } from '../../src/config.ts';
import { knownNames } from '../../src/known-names.ts';
import { parseScenarios } from '../../src/scenarios/file/parse-scenarios.ts';
import { runScenarios, type ScenarioResult } from '../../src/scenarios/run-scenarios.ts';

const agentsDir = join(import.meta.dirname, '../../agents');

/** The text of a shipped agent's file. */
export function agentText(name: string): Promise<string> {
  return readFile(join(agentsDir, `${name}.md`), 'utf8');
}

/** A text with something replaced. @throws Error when it is not there any more, so that no test passes for that reason */
export function changed(text: string, from: string | RegExp, to: string): string {
  const result = text.replace(from, to);
  if (result === text) throw new Error(`There is nothing like ${from} to replace.`);
  return result;
}

/** The text of a shipped agent's scenarios. */
export function scenarioText(name: string): Promise<string> {
  return readFile(join(agentsDir, 'tests', `${name}.yaml`), 'utf8');
}

/** Runs scenarios in text against one agent, as `parley test` does; both as their files are written. */
export async function runInText(
  name: string,
  files: {
    agent: string;
    /** Other agents, by name. */
    others?: Record<string, string>;
    scenarios: string;
    settings?: Record<string, string>;
    pipeline?: string;
    model?: string;
    repeat?: number;
  },
): Promise<ScenarioResult[]> {
  const texts = Object.entries({ [name]: files.agent, ...files.others });
  const known = knownNames(toolSettings(readConfig({ CRM_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' })));
  const inFolder = { ...known, agents: texts.map(([each]) => each), readPaper: paperReader(agentsDir) };
  const agents = texts.map(([each, text]) => {
    const { agent, problems = [] } = parseAgent(text, `${each}.md`, inFolder);
    if (!agent) throw new Error(JSON.stringify(problems));
    return agent;
  });
  const parsed = parseScenarios(files.scenarios, `${name}.yaml`, [name]);
  if (parsed.problems.length > 0) throw new Error(JSON.stringify(parsed.problems));
  const runner = await openTextRunner({
    config: readConfig({ PARLEY_LOG_LEVEL: 'silent', ...files.settings }),
    agents,
    pipeline: files.pipeline ?? 'embedded',
    model: files.model,
  });
  const { signal } = new AbortController();
  const { repeat = 1 } = files;
  try {
    return await runScenarios(parsed.scenarios, { line: 'text', repeat, passRate: 1, atOnce: 8, signal, ...runner });
  } finally {
    await runner.close();
  }
}

/** What was not as expected, one line each. */
export function failuresOf(results: readonly ScenarioResult[]): string[] {
  return results.flatMap(({ scenario, runs }) =>
    runs.flatMap(({ verdict }) =>
      verdict.failures.map(({ where, expected, actual }) => `${scenario.name}: ${where}: ${expected}; ${actual}`),
    ),
  );
}

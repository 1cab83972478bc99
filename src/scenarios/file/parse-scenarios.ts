import type { AgentProblem } from '../../agent-files/agent-problem.ts';
import { fieldName, issueDescriber } from '../../agent-files/describe-issue.ts';
import { didYouMean } from '../../agent-files/did-you-mean.ts';
import { type FieldPath, quoting, readYaml } from '../../agent-files/front-matter.ts';
import { readPattern } from '../judge/phrases.ts';
import { type Scenario, type ScenarioFile, scenarioFileSchema } from './scenario-schema.ts';

const describeIssue = issueDescriber(scenarioFileSchema);

export type ParsedScenarios = { scenarios: readonly Scenario[]; problems: readonly AgentProblem[] };

/** Reads one file of scenarios: those in it, or everything that is wrong with it at once. `agents` are the names of the agents. */
export function parseScenarios(text: string, file: string, agents: readonly string[]): ParsedScenarios {
  const yaml = readYaml(text);
  const problems: AgentProblem[] = yaml.errors.map(({ line, message }) => ({ file, line, field: '', message }));
  if (problems.length > 0) return { scenarios: [], problems };
  const add = (path: FieldPath, message: string) =>
    problems.push({ file, line: yaml.lineOf(path), field: fieldName(path), message });
  const parsed = scenarioFileSchema.safeParse(yaml.values);
  for (const { path, message } of (parsed.error?.issues ?? []).flatMap((issue) => describeIssue(issue, yaml.values))) {
    const quotes = /must be (?:a text|a list)/.test(message) ? quoting(yaml.lineAt(yaml.lineOf(path))) : '';
    add(path, message + quotes);
  }
  if (parsed.success) for (const { path, message } of checkSense(parsed.data, agents)) add(path, message);
  if (!parsed.success || problems.length > 0)
    return { scenarios: [], problems: problems.sort((one, other) => one.line - other.line) };
  const { agent, call, doubles, scenarios } = parsed.data;
  return {
    problems: [],
    scenarios: scenarios.map((scenario, index) => ({
      ...scenario,
      agent,
      file,
      call: { ...call, ...scenario.call, variables: { ...call.variables, ...scenario.call.variables } },
      doubles: { ...doubles, ...scenario.doubles },
      line: yaml.lineOf(['scenarios', index, 'name']),
      lineOf: (path) => yaml.lineOf(['scenarios', index, ...path]),
    })),
  };
}

type Found = { path: FieldPath; message: string };

const actions = ['say', 'wait', 'hang_up'] as const;

/** Mistakes between fields. */
function checkSense({ agent, scenarios }: ScenarioFile, agents: readonly string[]): Found[] {
  const found: Found[] = [];
  if (!agents.includes(agent)) {
    const meant = didYouMean(agent, agents);
    const cure = meant ? `did you mean \`${meant}\`?` : `there are ${agents.join(', ') || 'none'}`;
    found.push({ path: ['agent'], message: `there is no agent "${agent}"; ${cure}` });
  }
  const names = scenarios.map(({ name }) => name);
  for (const [index, scenario] of scenarios.entries()) {
    const path = ['scenarios', index];
    if (names.indexOf(scenario.name) !== index)
      found.push({ path: [...path, 'name'], message: `"${scenario.name}" is there twice; names are unique in a file` });
    if (scenario.steps.length === 0 && !scenario.persona && !scenario.call.before_answer?.refuse)
      found.push({ path, message: 'has nobody who calls: write `steps`, or a `persona`' });
    if (scenario.persona && !scenario.persona.goal === !scenario.persona.rules)
      found.push({ path: [...path, 'persona'], message: 'needs either a `goal`, for a model, or `rules`' });
    found.push(...checkSteps(scenario, path), ...checkPatterns(scenario, path));
    for (const [tool, { answers, fails }] of Object.entries(scenario.doubles))
      if (answers !== undefined && fails !== undefined)
        found.push({ path: [...path, 'doubles', tool], message: 'both `answers` and `fails`: write one of them' });
  }
  return found;
}

function checkSteps({ steps, persona }: ScenarioFile['scenarios'][number], path: FieldPath): Found[] {
  return steps.flatMap((step, index): Found[] => {
    const at = [...path, 'steps', index];
    const done = actions.filter((action) => step[action] !== undefined);
    const found: Found[] = [];
    if (done.length !== 1)
      found.push({
        path: at,
        message: `${done.length === 0 ? 'does nothing' : `does ${done.join(' and ')} at once`}: a step is one of ${actions.join(', ')}`,
      });
    if (step.barge_in_after_ms !== undefined && step.say === undefined)
      found.push({ path: [...at, 'barge_in_after_ms'], message: 'is of no use without `say`' });
    if (step.expect.silent_within_ms !== undefined && step.barge_in_after_ms === undefined)
      found.push({ path: [...at, 'expect', 'silent_within_ms'], message: 'is of no use without `barge_in_after_ms`' });
    if (step.hang_up && (index < steps.length - 1 || persona))
      found.push({ path: [...at, 'hang_up'], message: 'ends the call; nothing can come after it' });
    return found;
  });
}

function checkPatterns({ steps, expect }: ScenarioFile['scenarios'][number], path: FieldPath): Found[] {
  const places = [
    { at: [...path, 'expect'], expected: expect },
    ...steps.map((step, index) => ({ at: [...path, 'steps', index, 'expect'], expected: step.expect })),
  ];
  return places.flatMap(({ at, expected }) =>
    (['heard', 'not_heard'] as const).flatMap((field) =>
      (expected[field] ?? []).flatMap((phrase): Found[] => {
        const wrong = readPattern(phrase);
        return wrong instanceof Error ? [{ path: [...at, field], message: wrong.message }] : [];
      }),
    ),
  );
}

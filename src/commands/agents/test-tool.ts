import { randomUUID } from 'node:crypto';
import type { Agent } from '../../agent-files/agent.ts';
import { describeProblem } from '../../agent-files/agent-problem.ts';
import { builtInValues } from '../../agent-files/built-in-variables.ts';
import { loadAgents } from '../../agent-files/load-agents.ts';
import { MissingVariables } from '../../agent-files/render-variables.ts';
import { httpTools } from '../../agent-files/tools/agent-tools.ts';
import type { HttpTool } from '../../agent-files/tools/http-tool.ts';
import { hideSecrets, secretsOf } from '../../calls/tools/hide-secrets.ts';
import { isFailure, toldOutcome } from '../../calls/tools/tool-outcome.ts';
import { ToolArgumentError, toolRequest } from '../../calls/tools/tool-request.ts';
import { tryTool } from '../../calls/tools/try-tool.ts';
import { toolAddresses } from '../../compose/tool-means.ts';
import { toolSettings } from '../../compose/tool-settings.ts';
import type { Config } from '../../config.ts';
import { knownNames } from '../../known-names.ts';
import { argumentProblem } from '../../worker/conversation/tools/check-arguments.ts';
import { UsageError } from '../usage-error.ts';

type Wanted = { agent: string | undefined; tool: string | undefined; json: string | undefined; variables: string[] };

/**
 * Runs one tool of an agent's file for real, as a call would, and says what was sent, what came back, and what the model would be
 * told. Resolves with the exit code. @throws UsageError, and Error where there is no such agent or tool
 */
export async function testTool(wanted: Wanted, { config, out }: { config: Config; out: NodeJS.WritableStream }) {
  const settings = toolSettings(config);
  const agent = await agentOf(wanted.agent, config);
  const tool = toolOf(agent, wanted.tool);
  const given = readArguments(wanted.json);
  const problem = argumentProblem(tool.arguments, given);
  if (problem) throw new UsageError(`The arguments do not fit: ${problem}.`);
  const values = { arguments: given, variables: variablesOf(agent, wanted.variables), secrets: settings.secrets };
  const hidden = secretsOf(tool, settings.secrets);
  try {
    const request = toolRequest(tool, values);
    // The URL has its secrets percent-encoded.
    const secrets = [...hidden, ...hidden.map(encodeURIComponent)];
    out.write(
      hideSecrets(`${request.method} ${request.url.href}\n${request.body ? `${request.body}\n` : ''}`, secrets),
    );
    const startedMs = performance.now();
    const id = `test_${randomUUID()}`;
    const outcome = await tryTool(tool, { id, values, rules: toolAddresses(settings.privateHosts) });
    const status = outcome.status === undefined ? '' : `, status ${outcome.status}`;
    out.write(`\n${outcome.is}${status}, after ${Math.round(performance.now() - startedMs)} ms. The model receives:\n`);
    out.write(`${JSON.stringify(toldOutcome(outcome, { repeated: false, onError: tool.on_error }), null, 2)}\n`);
    return isFailure(outcome) ? 1 : 0;
  } catch (error) {
    if (error instanceof ToolArgumentError) throw new UsageError(error.message);
    if (!(error instanceof MissingVariables)) throw error;
    throw new UsageError(`${error.message}, or here as --variable name=value`);
  }
}

async function agentOf(name: string | undefined, config: Config): Promise<Agent> {
  const { agents, problems } = await loadAgents(config.PARLEY_AGENTS_DIR, knownNames(toolSettings(config)));
  const found = agents.find((agent) => agent.name === name);
  if (found) return found;
  const own = problems.filter(({ file }) => file.endsWith(`/${name}.md`));
  if (own.length > 0) throw new Error(own.map(describeProblem).join('\n'));
  const names = agents.map((agent) => agent.name).join(', ');
  throw new UsageError(`There is no agent ${name ? `"${name}"` : 'named'}. The agents are ${names}.`);
}

function toolOf(agent: Agent, name: string | undefined): HttpTool {
  const tools = httpTools(agent);
  const found = tools.find((tool) => tool.name === name?.replaceAll('_', '-'));
  if (found) return found;
  const names = tools.map((tool) => tool.name).join(', ');
  throw new UsageError(
    names
      ? `${agent.name} describes no tool ${name ? `"${name}"` : 'of that name'}. Its own are ${names}.`
      : `${agent.name} describes no tools of its own.`,
  );
}

function readArguments(json = '{}'): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below, with what is right.
  }
  throw new UsageError(`The arguments must be a JSON object in quotes, such as '{"day": "2026-12-01"}'.`);
}

function variablesOf(agent: Agent, pairs: readonly string[]): Record<string, string> {
  const nobody = { id: 'call_test', direction: 'inbound', phoneNumber: null, fromNumber: null };
  const defaults = Object.entries(agent.variables).filter((entry): entry is [string, string] => entry[1] !== null);
  const given = pairs.map((pair): [string, string] => {
    const at = pair.indexOf('=');
    if (at < 1) throw new UsageError(`--variable ${pair} is not of the form name=value.`);
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  return { ...builtInValues(agent, nobody, new Date()), ...Object.fromEntries([...defaults, ...given]) };
}

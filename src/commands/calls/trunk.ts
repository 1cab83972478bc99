import { parsePhoneNumber } from '../../../telephony/index.ts';
import { loadAgents } from '../../agent-files/load-agents.ts';
import { CallError } from '../../calls/errors.ts';
import type { AnsweringRule, LivekitTrunk, SipTrunks } from '../../calls/trunks/trunk-ports.ts';
import { composeTrunks } from '../../compose/compose-trunks.ts';
import { toolSettings } from '../../compose/tool-settings.ts';
import type { Config } from '../../config.ts';
import { knownNames } from '../../known-names.ts';
import type { Command } from '../command.ts';
import { UsageError } from '../usage-error.ts';

type Context = Parameters<Command['run']>[0];
type Values = Context['values'];

export const trunk: Command = {
  help: `parley trunk list
parley trunk create-outbound --name NAME --address HOST --number +1… [--number +1… …]
parley trunk create-inbound  --name NAME --number +1… [--number +1… …] --agent AGENT
parley trunk rule ST_… --agent AGENT
parley trunk delete ST_…

Manages the SIP trunks of LIVEKIT_URL. An outbound trunk is the carrier that calls go over; set SIP_TRUNK_ID to its id. An
inbound trunk has the numbers that reach us, and the agent that answers them: make one per agent. \`rule\` changes who answers,
from the next call on.

  --name             what people call the trunk
  --number           a number of the trunk, E.164; may be repeated
  --address          host of the carrier, such as name.pstn.twilio.com
  --agent            name of an agent file
  --username         with --password: what the carrier asks for (outbound), or has to send (inbound)
  --password
  --transport        auto, udp, tcp or tls (outbound)
  --allow-address    address or range that calls may come from (inbound); may be repeated

Exit codes: 0 done, 1 LiveKit refused or cannot be reached, 2 the command was not understood.`,
  options: {
    name: { type: 'string' },
    number: { type: 'string', multiple: true },
    address: { type: 'string' },
    agent: { type: 'string' },
    username: { type: 'string' },
    password: { type: 'string' },
    transport: { type: 'string' },
    'allow-address': { type: 'string', multiple: true },
  },
  async run(context) {
    const [verb, id] = context.positionals;
    const perform = verbs[verb ?? ''];
    if (!perform) {
      context.out.write(`${verb ? `There is no \`parley trunk ${verb}\`.\n\n` : ''}${trunk.help}\n`);
      return 2;
    }
    try {
      await perform({ ...context, id, trunks: composeTrunks(context.config) });
      return 0;
    } catch (error) {
      if (error instanceof UsageError) {
        context.out.write(`${error.message}\n`);
        return 2;
      }
      // What the API says in JSON, a terminal says in words.
      if (error instanceof CallError) throw new Error(error.message, { cause: error });
      throw error;
    }
  },
};

type Perform = (context: Context & { id: string | undefined; trunks: SipTrunks }) => Promise<void>;

const verbs: Record<string, Perform> = {
  async list({ trunks, out }) {
    const [lines, rules] = await Promise.all([trunks.list(), trunks.listRules()]);
    if (lines.length === 0) out.write('There is no trunk. `parley trunk create-outbound` makes one.\n');
    for (const line of lines) out.write(`${describe(line, rules)}\n`);
  },

  async 'create-outbound'({ trunks, values, out }) {
    const made = await trunks.create({
      direction: 'outbound',
      name: text(values, 'name'),
      address: text(values, 'address'),
      numbers: numbers(values),
      transport: transport(values),
      ...credentials(values),
    });
    out.write(`${describe(made, [])}\n\nTo call over it, set in .env:\n\n  SIP_TRUNK_ID=${made.id}\n`);
    out.write(`  SIP_FROM_NUMBER=${made.numbers[0]}\n`);
  },

  async 'create-inbound'({ trunks, values, config, out }) {
    const metadata = await answering(text(values, 'agent'), config);
    const made = await trunks.create({
      direction: 'inbound',
      name: text(values, 'name'),
      numbers: numbers(values),
      allowedAddresses: texts(values, 'allow-address'),
      ...credentials(values),
    });
    try {
      const rule = await trunks.saveRule({ trunkId: made.id, metadata });
      out.write(`${describe(made, [rule])}\n`);
    } catch (error) {
      await trunks.remove(made.id);
      throw error;
    }
  },

  async rule({ trunks, id, values, config, out }) {
    const line = await known(trunks, id);
    if (line.direction !== 'inbound') throw new UsageError(`${line.id} is an outbound trunk: nobody calls in over it.`);
    const metadata = await answering(text(values, 'agent'), config);
    const found = ruleOf(line, await trunks.listRules());
    const kept = found?.metadata.tenantId === undefined ? metadata : { ...metadata, tenantId: found.metadata.tenantId };
    out.write(`${describe(line, [await trunks.saveRule({ ruleId: found?.id, trunkId: line.id, metadata: kept })])}\n`);
  },

  async delete({ trunks, id, out }) {
    const line = await known(trunks, id);
    const rule = ruleOf(line, await trunks.listRules());
    if (rule) await trunks.removeRule(rule.id);
    await trunks.remove(line.id);
    out.write(`${line.id} is deleted.\n`);
  },
};

function describe(line: LivekitTrunk, rules: readonly AnsweringRule[]): string {
  const agent = rules.find(({ trunkIds }) => trunkIds.includes(line.id))?.metadata.agent;
  const way =
    line.direction === 'outbound' ? `via ${line.address}` : agent ? `answered by ${agent}` : 'answered by nobody';
  return `${line.id}  ${line.direction.padEnd(8)}  ${line.name}  ${line.numbers.join(', ') || 'any number'}  ${way}`;
}

/** A rule that other trunks share is left to them. */
function ruleOf({ id }: LivekitTrunk, rules: readonly AnsweringRule[]): AnsweringRule | undefined {
  return rules.find(({ trunkIds }) => trunkIds.length === 1 && trunkIds[0] === id);
}

async function known(trunks: SipTrunks, id: string | undefined): Promise<LivekitTrunk> {
  if (!id?.startsWith('ST_'))
    throw new UsageError(
      `${id ? `${id} is not a trunk id of LiveKit` : 'The id of the trunk is missing'}: they start with ST_ (a Twilio trunk id starts with TK and is something else). \`parley trunk list\` shows them.`,
    );
  const found = (await trunks.list()).find((line) => line.id === id);
  if (!found) throw new Error(`LiveKit has no trunk ${id}. \`parley trunk list\` shows those it has.`);
  return found;
}

async function answering(name: string, config: Config) {
  const { agents } = await loadAgents(config.PARLEY_AGENTS_DIR, knownNames(toolSettings(config)));
  if (agents.some((agent) => agent.name === name)) return { agent: name };
  const names = agents.map((agent) => agent.name).join(', ');
  throw new Error(`There is no agent "${name}" in ${config.PARLEY_AGENTS_DIR}. The agents are ${names}.`);
}

function text(values: Values, name: string): string {
  const value = values[name];
  if (typeof value === 'string' && value.trim()) return value.trim();
  throw new UsageError(`--${name} is missing. \`parley trunk --help\` shows an example of each.`);
}

function texts(values: Values, name: string): string[] {
  const value = values[name];
  return Array.isArray(value) ? value.map(String) : [];
}

function numbers(values: Values): string[] {
  const given = texts(values, 'number');
  if (given.length === 0) throw new UsageError('--number is missing: a number of the trunk, such as +14155550100.');
  return given.map((each) => {
    const read = parsePhoneNumber(each);
    if ('problem' in read) throw new UsageError(`--number ${each}: ${read.message}`);
    return read.e164;
  });
}

function transport(values: Values): 'auto' | 'udp' | 'tcp' | 'tls' {
  const value = values['transport'] ?? 'auto';
  if (value === 'auto' || value === 'udp' || value === 'tcp' || value === 'tls') return value;
  throw new UsageError('--transport is auto, udp, tcp or tls.');
}

function credentials(values: Values) {
  const { username, password } = values;
  if ((username === undefined) !== (password === undefined))
    throw new UsageError('--username and --password belong together: give both or neither.');
  return typeof username === 'string' && typeof password === 'string' ? { username, password } : {};
}

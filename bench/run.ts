import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { shortReply } from './conversation.ts';
import { cloudProviders, providerDelaysMs, startDoubles } from './doubles.ts';
import { startFleet } from '../src/caller/fleet.ts';
import { machine } from './machine.ts';
import { type Bench, type Figures, type Scenario, type SystemName, systems } from './scenario.ts';
import { bargeIn } from './scenarios/barge-in.ts';
import { calibrate } from './scenarios/calibration.ts';
import { cloudTurn } from './scenarios/cloud-turn.ts';
import { cpu } from './scenarios/cpu.ts';
import { dispatch } from './scenarios/dispatch.ts';
import { dispatchBurst } from './scenarios/dispatch-burst.ts';
import { embeddedTurn } from './scenarios/embedded-turn.ts';
import { failover } from './scenarios/failover.ts';
import { greeting } from './scenarios/greeting.ts';
import { knowledge } from './scenarios/knowledge.ts';
import { lan } from './scenarios/lan.ts';
import { loadedMachine } from './scenarios/loaded-machine.ts';
import { hourCall } from './scenarios/hour-call.ts';
import { inboundBurst } from './scenarios/inbound-burst.ts';
import { manyCalls, thousandCalls } from './scenarios/many-calls.ts';
import { memory } from './scenarios/memory.ts';
import { millionCalls } from './scenarios/million-calls.ts';
import { reader } from './scenarios/reader.ts';
import { sqlStatements } from './scenarios/sql-statements.ts';
import { toolEffects } from './scenarios/tool-effects.ts';
import { tools } from './scenarios/tools.ts';
import { twoNodes } from './scenarios/two-nodes.ts';
import { turnLatency } from './scenarios/turn-latency.ts';
import { tailTurn } from './scenarios/tail-turn.ts';
import { heldText } from './scenarios/held-text.ts';
import { stall } from './scenarios/stall.ts';
import { webhooks } from './scenarios/webhooks.ts';
import { type Resources, withResources } from './resources.ts';
import { type Stack, startStack } from './stack.ts';
import { startParley } from '../src/load/start-parley.ts';
import { startCluster } from './systems/cluster.ts';
import { startPhones } from './systems/phones.ts';
import { startStock } from './systems/stock.ts';
import { overBudget, table } from './table.ts';

const scenarios: readonly Scenario[] = [
  greeting,
  dispatch,
  dispatchBurst,
  inboundBurst,
  stall,
  sqlStatements,
  webhooks,
  knowledge,
  millionCalls,
  toolEffects,
  tools,
  reader,
  heldText,
  turnLatency,
  cloudTurn,
  tailTurn,
  bargeIn,
  cpu,
  memory,
  loadedMachine,
  manyCalls,
  embeddedTurn,
  lan,
  failover,
  thousandCalls,
  hourCall,
  twoNodes,
];

const help = `node bench/run.ts [--quick] [--only name,…] [--system parley|baseline] [--out file] [--reports folder]

Measures Parley and, on the same work, the SDK's stock AgentServer. Scenarios: ${scenarios.map(({ name }) => name).join(', ')}.
Those that take long (${scenarios.flatMap(({ name, long }) => (long ? [name] : [])).join(', ')}) run only when named.
--quick does fewer repetitions. The figures go to bench/results.json unless --out says otherwise. --reports writes the report
of every call into a folder.`;

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      system: { type: 'string' },
      out: { type: 'string', default: path('results.json') },
      reports: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return console.log(help);
  const wanted = values.only?.split(',');
  const chosen = scenarios.filter(({ name, long }) => wanted?.includes(name) ?? !long);
  const measured = systems.filter((name) => !values.system || values.system === name);
  if (values.reports) mkdirSync(values.reports, { recursive: true });
  const measuredOn = machine();
  if (measuredOn.load_average_before > measuredOn.cores / 2)
    console.warn(
      `This machine is busy (load ${measuredOn.load_average_before}): the figures will be worse than on a quiet one.`,
    );
  const figures: Record<SystemName, Figures> = { parley: {}, baseline: {} };
  const failures: string[] = [];
  let calibration: Figures = {};
  await withResources(async (resources) => {
    const stack = resources.use(await startStack());
    calibration = await calibrate(stack.livekit, values.quick ? 5 : 20);
    console.log('Measured at the caller, against an agent that knows the truth:', calibration);
    for (const scenario of chosen)
      for (const name of scenario.compared ? measured : measured.filter((system) => system === 'parley')) {
        console.log(`${scenario.name}: ${name} …`);
        try {
          const measuring = { quick: values.quick, calibration, stack, resources, reportsDir: values.reports };
          Object.assign(figures[name], await measure(scenario, name, measuring));
        } catch (error) {
          failures.push(`${scenario.name} (${name}): ${(error as Error).message}`);
        }
      }
  });
  const results = {
    ...figures.parley,
    baseline: figures.baseline,
    calibration,
    machine: measuredOn,
    quick: values.quick,
    failures,
  };
  writeFileSync(values.out, `${JSON.stringify(results, null, 2)}\n`);
  console.log(`\n${table(figures.parley, figures.baseline)}\n\nWritten to ${values.out}.`);
  const over = overBudget(figures.parley);
  if (over.length > 0) console.log(`Over budget: ${over.join(', ')}.`);
  for (const failure of failures) console.error(`Not measured: ${failure}`);
  process.exitCode = failures.length > 0 ? 1 : 0;
}

async function measure(
  scenario: Scenario,
  name: SystemName,
  {
    quick,
    calibration,
    stack,
    resources,
    reportsDir,
  }: { quick: boolean; calibration: Figures; stack: Stack; resources: Resources; reportsDir: string | undefined },
): Promise<Figures> {
  await using own = resources.nested();
  const prefix = reportsDir && join(reportsDir, `${scenario.name}-${name}`);
  const fleet = own.use(startFleet(prefix));
  const doublesOf: Bench['startDoubles'] = async (behaviours) => own.use(await startDoubles(behaviours));
  const start: Bench['start'] = async ({ calls, reply = shortReply, pipeline = 'cloud', ...options }) => {
    const { admitAll = false, withFallbacks = false } = options;
    if (pipeline === 'embedded')
      return own.use(
        await startParley({ ...stack, calls, providers: {}, agentsDir: path('../agents'), agent: 'receptionist' }),
      );
    const behaviours = options.providers ?? cloudProviders(reply, providerDelaysMs);
    const providers = options.settings ?? (await doublesOf(behaviours)).settings;
    const common = { ...stack, calls, providers, pipeline };
    return own.use(
      name === 'baseline'
        ? await startStock({ ...common, admitAll, withFallbacks })
        : await startParley({
            ...common,
            agentsDir: path('agents'),
            agent: 'bench',
            ...options.acting,
            ...(options.parley && { settings: options.parley }),
          }),
    );
  };
  const phones: Bench['startPhones'] = async (options) => {
    const { settings } = await doublesOf(cloudProviders(shortReply, providerDelaysMs));
    return own.use(await startPhones({ ...options, stack, providers: settings, agentsDir: path('agents') }));
  };
  const cluster: Bench['startCluster'] = async (options) => {
    const { settings } = await doublesOf(cloudProviders(shortReply, providerDelaysMs));
    return startCluster({
      ...options,
      stack,
      providers: settings,
      agentsDir: path('agents'),
      use: (each) => own.use(each),
    });
  };
  return await scenario.run({
    quick,
    system: name,
    calibration,
    fleet,
    newDatabase: () => stack.newDatabase(),
    startDoubles: doublesOf,
    start,
    startPhones: phones,
    startCluster: cluster,
  });
}

await main();

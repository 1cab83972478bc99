import { randomUUID } from 'node:crypto';
import { AccessToken } from 'livekit-server-sdk';
import { connectEngine, startEngine } from '../../pipelines/index.ts';
import type { Agent } from '../agent-files/agent.ts';
import { newId } from '../calls/new-id.ts';
import { embeddedVoice } from '../caller/embedded-voice.ts';
import { type Config, readConfig } from '../config.ts';
import { callerToken } from '../livekit/caller-token.ts';
import { containedStores } from '../scenarios/contained-effects.ts';
import { describedTools } from '../scenarios/described-tools.ts';
import { doubledTools } from '../scenarios/doubles.ts';
import type { Effect } from '../scenarios/outcome.ts';
import type { RunOptions } from '../scenarios/run-scenarios.ts';
import { type PlacedCall, runSound } from '../scenarios/sound/run-sound.ts';
import type { Scenario } from '../scenarios/file/scenario-schema.ts';
import { closeAll } from '../stack/all-or-none.ts';
import { prepareEngineModels } from '../stack/models/prepare-engine-models.ts';
import type { Progress } from '../stack/progress.ts';
import { startScratchStack } from '../stack/scratch-stack.ts';
import { migrate } from '../store/migrate.ts';
import { openDatabase } from '../store/connection/database.ts';
import { tenantStore } from '../store/tenants/tenant-store.ts';
import { createLogger, logTo } from '../telemetry/logger.ts';
import type { CallTools } from '../worker/dependencies.ts';
import { createGate } from '../worker/call/gate.ts';
import { Leases } from '../worker/call/leases.ts';
import { Pace } from '../worker/call/pace.ts';
import { Session } from '../worker/call/session.ts';
import { startSdk } from '../worker/conversation/sdk-pins.ts';
import { callToolNames } from '../worker/conversation/tools/call-tools.ts';
import { SpeechCache } from '../worker/sound/speech-cache.ts';
import { composeCallProcess } from './compose-call-process.ts';
import { defaultTenant } from './endpoints.ts';
import { toolSettings } from './tool-settings.ts';
import { operatorRules } from './operator-rules.ts';
import { version } from './version.ts';

/**
 * Runs scenarios aloud on this machine: calls in this process with the embedded pipeline, on a livekit-server and a PostgreSQL of their
 * own that are gone afterwards. Whatever servers and providers the settings name are not touched.
 */
export async function openSoundRunner(parts: {
  config: Config;
  agents: readonly Agent[];
  progress: Progress;
  signal: AbortSignal;
}): Promise<{ run: RunOptions['run']; close: () => Promise<void> }> {
  const { config, agents, progress, signal } = parts;
  const closers: (() => Promise<unknown>)[] = [];
  const close = () =>
    closeAll(
      closers
        .splice(0)
        .toReversed()
        .map((each) => async () => void (await each())),
    );
  const log = logTo(createLogger({ level: config.PARLEY_LOG_LEVEL, component: 'test', out: process.stderr }));
  startSdk(log);
  try {
    const dataDir = config.PARLEY_DATA_DIR;
    const [models, stack] = await Promise.all([
      prepareEngineModels({ dataDir, log: () => undefined, signal }),
      progress
        .step('Start livekit-server and PostgreSQL for the test', () =>
          startScratchStack({ dataDir, progress, signal }),
        )
        .then((started) => {
          closers.push(started.stop);
          return started;
        }),
    ]);
    const { livekit } = stack;
    const databaseUrl = stack.postgres.url;
    await migrate({ url: databaseUrl, signal });
    const database = openDatabase({ url: databaseUrl, maxConnections: 1 });
    await tenantStore(database).ensureTenant(defaultTenant);
    await database.close();
    const engine = startEngine({ models, log });
    closers.push(() => engine.close());
    await progress.step('Load the voice and the recogniser', () => engine.ready);
    const client = connectEngine(engine.socketPath);
    closers.push(async () => client.close());
    // Limits of the operator are for calls, not for tests of them.
    const plain = readConfig({});
    const { recordings: _none, ...deps } = await composeCallProcess({
      endpoints: { databaseUrl, livekit },
      agentName: 'test',
      agentsDir: config.PARLEY_AGENTS_DIR,
      providers: {},
      defaultPipeline: 'embedded',
      embedded: true,
      engineSocketPath: engine.socketPath,
      telemetry: { ...plain.telemetry, version },
      recordings: plain.recordings,
      rules: operatorRules(plain),
      tools: toolSettings(config),
      logLevel: config.PARLEY_LOG_LEVEL,
    });
    closers.push(() => deps.close());
    const patience = new AbortController();
    closers.push(async () => patience.abort());
    const leases = new Leases({ store: deps.calls, log });
    closers.push(async () => leases.close());

    // No server of tools is reached: what the file says of its tools is what their model sees.
    const tools = { ...deps.tools, mcp: { ...deps.tools.mcp, tools: () => Promise.resolve([]) } };
    const place = async ({ agent, call: { variables = {}, playbook }, doubles }: Scenario): Promise<PlacedCall> => {
      const id = newId('call');
      const effects: Effect[] = [];
      const troubles: string[] = [];
      const tested = agents.find(({ name }) => name === agent);
      const own = tested ? describedTools(tested) : [];
      await deps.calls.insertCall(
        {
          id,
          tenantId: defaultTenant.id,
          direction: 'web',
          state: 'in_progress',
          agent,
          pipeline: 'embedded',
          variables,
          ...(playbook !== undefined && { playbook }),
        },
        { type: 'call.state', data: { state: 'in_progress', direction: 'web' } },
      );
      const session = new Session(
        {
          jobId: randomUUID(),
          room: id,
          url: livekit.url,
          token: await agentRoomToken(livekit, id),
          metadata: JSON.stringify({ callId: id, tenantId: defaultTenant.id }),
        },
        {
          deps: {
            ...deps,
            // No backend is asked about a call that is none.
            askBackend: undefined,
            ...containedStores(effects),
            tools,
            agents: { get: (name) => agents.find((each) => each.name === name), list: () => agents },
            doubledTools: (made) =>
              doubledTools(withDescribed(made, own), {
                doubles,
                contained: callToolNames,
                own: own.map(([name]) => name),
                onEffect: (effect) => effects.push(effect),
                onTrouble: (trouble) => troubles.push(trouble),
              }),
          },
          owner: 'test',
          leases,
          cache: new SpeechCache(),
          joinGate: createGate(1),
          pace: new Pace({ atOnce: 1, loop: { lateMs: 0 } }),
          patience: patience.signal,
        },
      );
      return {
        url: livekit.url,
        token: await callerToken(livekit, { room: id, identity: 'caller', ttlSeconds: 600 }),
        effects,
        troubles,
        ended: async () => {
          await session.written;
          const call = await deps.calls.findCall(id);
          if (!call) throw new Error('the call was lost');
          return { call, turns: await deps.calls.listTurns(id), events: await deps.calls.listEvents(id) };
        },
      };
    };
    const voice = embeddedVoice(client);
    return { run: (scenario) => runSound(scenario, { place, ...voice, signal }), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The tools of a call with those of its MCP servers that its agent's file names. */
function withDescribed(made: CallTools, described: ReturnType<typeof describedTools>): CallTools {
  return { ...Object.fromEntries(described.map(([name, tool]) => [name.replaceAll('-', '_'), tool])), ...made };
}

/** As livekit-server gives it to a worker with an assignment. */
function agentRoomToken({ apiKey, apiSecret }: { apiKey: string; apiSecret: string }, room: string): Promise<string> {
  const token = new AccessToken(apiKey, apiSecret, { identity: 'agent' });
  token.kind = 'agent';
  token.addGrant({ roomJoin: true, room, canPublish: true, canSubscribe: true, canPublishData: true, agent: true });
  return token.toJwt();
}

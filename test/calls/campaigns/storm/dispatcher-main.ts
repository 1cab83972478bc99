/** The jobs of a `serve` process, as they are composed, on the database of the first argument. LiveKit is somebody else's matter. */
import { tmpdir } from 'node:os';
import { checkOptions, pipelinePresets, resolvePipeline } from '../../../../pipelines/index.ts';
import { composeDispatcher } from '../../../../src/compose/compose-dispatcher.ts';
import { callStore } from '../../../../src/store/calls/call-store.ts';
import { openDatabase } from '../../../../src/store/connection/database.ts';
import { leadStore } from '../../../../src/store/people/lead-store.ts';
import { Metrics } from '../../../../src/telemetry/metrics/metrics.ts';
import { stormAgent, stormRules } from './storm-rules.ts';

const databaseUrl = process.argv[2]!;
const database = openDatabase({ url: databaseUrl, maxConnections: 10 });
const none = async () => undefined;

composeDispatcher({
  databaseUrl,
  database,
  calls: callStore(database),
  rooms: {
    dispatchAgent: none,
    openRoom: async () => undefined,
    callerToken: async () => '',
    supervisorToken: async () => '',
    deleteRoom: none,
    participants: async () => [],
    list: async () => [],
    removeParticipant: none,
    sendControl: none,
  },
  waitingPhones: async () => [],
  agents: { get: (name) => (name === stormAgent.name ? stormAgent : undefined), list: () => [stormAgent] },
  agentProblem: () => undefined,
  pipelines: {
    presets: Object.values(pipelinePresets),
    checkOptions: (definition) => checkOptions(definition, {}),
    resolve: (wanted) => resolvePipeline({ wanted, settings: {}, available: { embedded: true } }),
  },
  leads: leadStore(database),
  sipTrunks: { list: async () => [] },
  rules: stormRules,
  webhookRules: { allowPrivate: false, resolveHost: async () => [] },
  recordings: { folder: tmpdir(), keys: [] },
  modelFor: () => undefined,
  measurements: new Metrics({ version: '0' }),
  requests: { underWay: 0 },
  log: (level, message, fields) => {
    if (level === 'warn' || level === 'error') process.stderr.write(`${message} ${JSON.stringify(fields)}\n`);
  },
});
process.stdout.write('up\n');

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { distribution } from '../../src/caller/distribution.ts';
import { shortReply } from '../conversation.ts';
import { cloudProviders, providerDelaysMs } from '../doubles.ts';
import { type Bench, placeCall, type Scenario } from '../scenario.ts';
import { turns } from '../turns.ts';

/** How long the operator's backend thinks about a call; the greeting is made ready meanwhile. */
const backendMs = 300;
const signingSecret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

/** What an agent that acts adds to what a caller hears: to an answer, a tool that takes no time; to the greeting, a question to the backend. */
export const tools = {
  name: 'tools',
  compared: false,
  async run(bench) {
    const backend = await startBackend();
    const agentsDir = await writeAgents(backend.url);
    try {
      const plain = await measured(bench, { agentsDir, agent: 'plain' });
      const calling = await measured(bench, { agentsDir, agent: 'calling', callsFirst: { name: 'look_up', args: {} } });
      const asking = await measured(bench, { agentsDir, agent: 'asking' });
      const more = (one: number | null, other: number | null) =>
        one === null || other === null ? null : Math.round(one - other);
      const withTool = more(calling.turnMs, plain.turnMs);
      return {
        // The model is asked a second time, which takes what it takes.
        tool_turn_overhead_ms_p50: withTool === null ? null : withTool - providerDelaysMs.llmFirstToken,
        tool_requests: backend.count('/look-up'),
        before_answer_added_ms: more(asking.greetingMs, plain.greetingMs),
        before_answer_requests: backend.count('/calls'),
      };
    } finally {
      await backend.stop();
      await rm(agentsDir, { recursive: true });
    }
  },
} as const satisfies Scenario;

async function measured(
  bench: Bench,
  given: { agentsDir: string; agent: string; callsFirst?: { name: string; args: Record<string, unknown> } },
): Promise<{ turnMs: number | null; greetingMs: number | null }> {
  const { callsFirst, ...acting } = given;
  const providers = cloudProviders(shortReply, providerDelaysMs);
  const openrouter = { ...providers.openrouter, ...(callsFirst && { callsFirst }) };
  const system = await bench.start({
    calls: 1,
    acting,
    providers: { ...providers, openrouter },
    parley: { PARLEY_TOOL_PRIVATE_HOSTS: '127.0.0.1', BENCH_SIGNING_SECRET: signingSecret },
  });
  const greetings: number[] = [];
  for (let call = 0; call < (bench.quick ? 5 : 20); call++) {
    const report = await placeCall(bench, system, { script: [], timeoutSeconds: 20 });
    const first = report?.turns[0]?.agentSpeech[0];
    if (report && first && report.answeredMs !== null) greetings.push(first.startMs - report.answeredMs);
  }
  const { p50 } = await turns(bench, { system, calls: 1, turnsEach: bench.quick ? 6 : 20 });
  await system.stop();
  return { turnMs: p50, greetingMs: distribution(greetings).p50 };
}

/** Three agents that differ in what they do alone. */
async function writeAgents(url: string): Promise<string> {
  const plain = await readFile(new URL('../agents/bench.md', import.meta.url), 'utf8');
  const folder = await mkdtemp(join(tmpdir(), 'bench-agents-'));
  const withField = (field: string) => plain.replace('pipeline:', `${field}\npipeline:`);
  const tool = `{ name: look-up, description: Looks it up., method: GET, url: '${url}/look-up' }`;
  await writeFile(join(folder, 'plain.md'), plain);
  await writeFile(join(folder, 'calling.md'), withField(`tools: [${tool}]`));
  await writeFile(
    join(folder, 'asking.md'),
    withField(`before_answer: { url: '${url}/calls', secret: BENCH_SIGNING_SECRET }`),
  );
  return folder;
}

/** A server that answers tools at once, and questions about calls after a while. */
async function startBackend() {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    paths.push(path);
    request.resume();
    request.on('end', () => {
      const answer = () => response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
      if (path === '/calls') setTimeout(answer, backendMs);
      else answer();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    count: (path: string) => paths.filter((each) => each === path).length,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

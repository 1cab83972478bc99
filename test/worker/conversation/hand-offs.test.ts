import type { llm } from '@livekit/agents';
import { expect, test } from 'vitest';
import { scriptSchema } from '../../../pipelines/index.ts';
import type { Agent } from '../../../src/agent-files/agent.ts';
import type { Turn } from '../../../src/calls/call.ts';
import type { Records } from '../../../src/worker/call/call-log.ts';
import { HandOffs, type Holder } from '../../../src/worker/conversation/handoff/hand-offs.ts';
import { aCallRow } from '../a-call.ts';
import { anAgent } from '../an-agent.ts';
import { fakePipeline } from '../fake-pipeline.ts';

const script = scriptSchema.parse({
  unknown: 'No.',
  tasks: [
    {
      id: 'bill',
      examples: ['my bill', 'a question about a bill'],
      slots: [{ id: 'name', ask: 'Who is calling?', kind: 'name' }],
      tool: 'hand-off',
      args: { agent: 'billing' },
      done: 'One moment.',
    },
  ],
});
const desk = anAgent({ name: 'desk', variables: { shop: 'Miller' }, script });
const billing = anAgent({
  name: 'billing',
  prompt: 'You know the bills of {{shop}}; {{name}} calls.',
  variables: { shop: 'the shop', name: 'somebody' },
  result: { summary: true } as never,
});

const turn = (index: number, role: Turn['role'], text: string): Turn => ({
  index,
  role,
  text,
  startedMs: index,
  endedMs: index,
  interrupted: false,
});

function aCallOf(others: Agent[], { turns = [], broken = false }: { turns?: Turn[]; broken?: boolean } = {}) {
  const records: Partial<Records>[] = [];
  const heldBy: string[] = [];
  const given: { llm?: unknown; instructions?: string; tools?: unknown } = {};
  const call = aCallRow({ agent: 'desk', variables: { shop: 'Smith' } });
  const pipeline = fakePipeline();
  const handOffs = new HandOffs({
    first: { call, agent: desk, variables: { shop: 'Smith' } },
    deps: {
      agents: { get: (name) => others.find((each) => each.name === name), list: () => others },
      pipelineFor: () => ({ pipeline: 'lan', pipelineOverrides: {} }),
    },
    preparation: {
      build: ({ agent, call: of }) => ({
        variables: { ...(agent.variables as Record<string, string>), ...of.variables },
        building: broken ? Promise.reject(new Error('no key')) : Promise.resolve(pipeline),
      }),
    },
    turns: () => turns,
    toolsFor: async ({ agent }: Holder) => ({ [`of_${agent.name}`]: {} }) as llm.ToolContextLike,
    onHandedOff: ({ agent }) => void heldBy.push(agent.name),
    record: { add: (added) => void records.push(added) },
    log: () => undefined,
  });
  handOffs.attach({
    papers: undefined,
    updateOptions: async (options) => void (given.llm = options?.llm),
    updateInstructions: async (instructions) => void (given.instructions = String(instructions)),
    updateTools: async (tools) => void (given.tools = Object.keys(tools)),
  });
  return { handOffs, records, heldBy, given, pipeline };
}

test('the other agent has its own words, tools and model, and what is known', async () => {
  const turns = [
    turn(0, 'agent', 'Hello.'),
    turn(1, 'caller', 'I have a question about a bill.'),
    turn(2, 'agent', 'Who is calling?'),
    turn(3, 'caller', 'Tom Berger'),
  ];
  const { handOffs, records, heldBy, given, pipeline } = aCallOf([billing], { turns });
  const before = Date.now();
  await handOffs.to('billing');
  expect(given.llm).toBe(pipeline.llm);
  expect(given.instructions).toContain('You know the bills of Smith; Tom Berger calls.');
  expect(given.tools).toEqual(['of_billing']);
  expect(heldBy).toEqual(['billing']);
  expect(records).toEqual([
    {
      events: [{ type: 'agent.handed_off', data: { from: 'desk', to: 'billing' } }],
      chosen: {
        agent: 'billing',
        pipeline: 'lan',
        pipelineOverrides: {},
        variables: { name: 'Tom Berger' },
      },
      report: { wants_result: true },
    },
  ]);
  expect(handOffs.speakerAt(before - 1)).toBe('desk');
  expect(handOffs.speakerAt(Date.now() + 1)).toBe('billing');
});

test.each([
  ['is not there', [], {}, /not there now/],
  ['speaks another language', [anAgent({ name: 'billing', language: 'de' })], {}, /does not speak the language/],
  ['cannot be built', [billing], { broken: true }, /cannot be reached/],
])('the first agent goes on where the other one %s', async (_why, others, options, message) => {
  const { handOffs, records, given } = aCallOf(others, options);
  await expect(handOffs.to('billing')).rejects.toThrow(message);
  expect(records).toEqual([]);
  expect(given).toEqual({});
  expect(handOffs.speakerAt(Date.now() + 1)).toBe('desk');
});

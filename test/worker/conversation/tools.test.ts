import { llm } from '@livekit/agents';
import { expect, test } from 'vitest';
import { ToolTable } from '../../../pipelines/index.ts';
import type { CallMessage } from '../../../src/calls/ports.ts';
import { toolsOf } from '../../../src/worker/conversation/tools/call-tools.ts';
import { aCallRow } from '../a-call.ts';
import { anAgent } from '../an-agent.ts';

function aCallWithTools() {
  const messages: Omit<CallMessage, 'createdAt'>[] = [];
  const call = aCallRow();
  const context = {
    call,
    agent: anAgent(),
    messages: {
      insertMessage: async (message: Omit<CallMessage, 'createdAt'>) => {
        // As the database does: what is there already is not written again.
        if (!messages.some(({ id }) => id === message.id)) messages.push(message);
      },
    },
    doNotCall: { add: () => Promise.resolve() as never },
    hangUp: () => undefined,
    handOver: () => Promise.resolve(),
    log: () => undefined,
  };
  const tools = toolsOf({ names: ['take-message', 'end-call'], context, log: () => undefined });
  const toolCtx = new llm.ToolContext(tools);
  const table = new ToolTable(toolCtx);
  /** As a model calls it: name and arguments as they come. */
  const run = async (name: string, args: unknown) => {
    const called = new llm.FunctionCall({ callId: 'x', name, args: JSON.stringify(args) });
    table.understand(called);
    const tool = toolCtx.getFunctionTool(called.name)!;
    return String(await tool.execute(JSON.parse(called.args) as never, {} as never));
  };
  return { messages, tools, context, run };
}

test('names on the wire have underscores, and a hyphen is understood', async () => {
  const { messages, tools, run } = aCallWithTools();
  expect(Object.keys(tools).toSorted()).toEqual(['end_call', 'take_message']);
  await run('take-message', { message: 'Call me back.', name: null, number: 5550123 });
  await run('take_message', { message: 'And send the papers.', name: 'Ann' });
  expect(messages.map(({ text, callerName, phoneNumber }) => [text, callerName, phoneNumber])).toEqual([
    ['Call me back.', null, '5550123'],
    ['And send the papers.', 'Ann', null],
  ]);
});

test('a message that is taken on every step is kept once, also at the same moment and by a second process', async () => {
  const { messages, run } = aCallWithTools();
  await Promise.all([
    run('take_message', { message: 'Call me back.' }),
    run('take_message', { message: 'Call me back' }),
  ]);
  expect(await run('take_message', { message: 'call me back!' })).toMatch(/kept already/);
  expect(messages).toHaveLength(1);
  const other = aCallWithTools();
  await other.run('take_message', { message: 'Call me back.' });
  expect(other.messages[0]!.id).toBe(messages[0]!.id);
});

test('keys are pressed once, after what is being said, and only where there is a phone', async () => {
  const pressed: string[] = [];
  const { context } = aCallWithTools();
  const tool = (pressKeys?: (keys: string) => void) =>
    toolsOf({ names: ['press-keys'], context: { ...context, pressKeys }, log: () => undefined })['press_keys']!;
  const press = tool((keys) => pressed.push(keys));
  const options = { ctx: { waitForPlayout: () => Promise.resolve() } } as never;
  await press.execute({ keys: '1w2#' }, options);
  expect(await press.execute({ keys: '1w2#' }, options)).toMatch(/pressed just now/);
  await press.execute({ keys: '3' }, options);
  expect(pressed).toEqual(['1w2#', '3']);
  await expect(tool().execute({ keys: '1' }, options)).rejects.toThrow(/no keys/);
});

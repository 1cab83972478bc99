import { fileURLToPath } from 'node:url';
import type { llm } from '@livekit/agents';
import { AccessToken } from 'livekit-server-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Agent } from '../../src/agent-files/agent.ts';
import { mcpServerSchema } from '../../src/agent-files/tools/mcp-server.ts';
import { answerRun } from '../../src/calls/tools/answer-run.ts';
import { runCaller } from '../../src/caller/run-caller.ts';
import { paperId } from '../../src/calls/knowledge/load-papers.ts';
import { knowledgeStore } from '../../src/store/knowledge-store.ts';
import { aTool } from '../calls/tools/a-tool.ts';
import { json, listen } from '../fakes/http-double.ts';
import { startShop } from '../fakes/mcp-double.ts';
import { livekit } from '../setup/servers.ts';
import { anAgent } from './an-agent.ts';
import { aCalendar, aSlowCalendar, books } from './calendars.ts';
import { type InProcessCalls, openCalls, type PlacedCall } from './in-process-calls.ts';
import { toolMeans } from './tool-means.ts';

const speech = { wav: fileURLToPath(new URL('../../bench/speech/hours.wav', import.meta.url)) };
let calls: InProcessCalls;
beforeAll(async () => {
  calls = await openCalls();
});
const open: { close: () => Promise<void> }[] = [];
/** A server that is closed at the end. */
async function opened<Server extends { close: () => Promise<void> }>(server: Promise<Server>): Promise<Server> {
  open.push(await server);
  return server;
}
afterAll(async () => {
  await Promise.all(open.map((server) => server.close()));
  await calls.close();
});

/** The caller says one thing, hears the answer and hangs up; resolves with the row of the call. */
async function talk(call: PlacedCall) {
  await runCaller({ url: calls.url, token: call.callerToken, timeoutSeconds: 40, script: [{ say: speech }] });
  return calls.ended(call);
}

describe.concurrent('a tool of an agent’s own', () => {
  it.each([
    [201, 'done', 'It is booked under number seven.'],
    [500, 'unknown', 'That did not work.'],
  ])('is run within a call, and what it answers is spoken: %i', async (status, outcome, spoken) => {
    const calendar = await opened(aCalendar(700, status));
    const call = await calls.place({
      agent: anAgent({ tools: ['end-call', calendar.tool] }),
      pipeline: { transcripts: ['Tuesday, please.'], answer: books },
    });
    await talk(call);
    const events = await calls.calls.listEvents(call.callId);
    expect(events.filter(({ type }) => type === 'tool.called').map(({ data }) => data)).toMatchObject([
      { name: 'book', arguments: { day: 'Tuesday' }, ok: outcome === 'done', outcome },
    ]);
    // It took long enough for the sentence of the file.
    expect(events.find(({ type }) => type === 'agent.filler')?.data).toMatchObject({ text: 'I am booking it.' });
    expect((await calls.calls.listTurns(call.callId)).at(-1)?.text).toBe(spoken);
    const [run] = await toolMeans(calls.database).runs.list(call.callId);
    // What nobody knows stays open: who asks again gets the same, and nothing is sent a second time.
    const toldAt = outcome === 'done' ? (expect.any(Date) as Date) : null;
    expect(run).toMatchObject({ id: calendar.keys[0], state: outcome, turn: 1, toldAt });
    expect(calendar.keys).toHaveLength(1);
  });

  it('is spoken of when its answer comes later, to whoever is still there', async () => {
    const agents: Agent[] = [];
    const { runs: toolRuns } = toolMeans(calls.database);
    const deps = { ...calls, toolRuns, agents: { get: () => agents[0], list: () => agents } };
    const { tool } = await opened(
      aSlowCalendar((id, token) => answerRun({ id, token, refused: false, answer: { number: 7 } }, deps), 3_500),
    );
    const agent = anAgent({ tools: ['end-call', tool] });
    agents.push(agent);
    const call = await calls.place({
      agent,
      pipeline: { transcripts: ['Tuesday, please.', 'Thanks.'], answer: books },
    });
    await runCaller({
      url: calls.url,
      token: call.callerToken,
      timeoutSeconds: 60,
      // The answer comes while the caller is silent.
      script: [{ say: speech }, { say: speech, after: 8_000 }],
    });
    await calls.ended(call);
    const turns = await calls.calls.listTurns(call.callId);
    expect(turns.slice(2, 5).map(({ text }) => text)).toEqual([
      'I will tell you when it is booked.',
      'It is booked under number seven.',
      'Thanks.',
    ]);
    const events = await calls.calls.listEvents(call.callId);
    expect(events.filter(({ type }) => type === 'tool.called').map(({ data }) => data['outcome'])).toEqual([
      'waiting',
      'done',
    ]);
    const [run] = await toolRuns.list(call.callId);
    expect(run).toMatchObject({ state: 'done', outcome: { is: 'done', answer: 7 }, toldAt: expect.any(Date) });
  });

  it('has one effect when the caller speaks while it runs, and is spoken of when it is done', async () => {
    const calendar = await opened(aCalendar(5_000));
    const call = await calls.place({
      agent: anAgent({ tools: ['end-call', calendar.tool], turn: { filler_after_ms: 10_000 } }),
      pipeline: { transcripts: ['Tuesday, please.', 'Hello?'], answer: books },
    });
    await runCaller({
      url: calls.url,
      token: call.callerToken,
      timeoutSeconds: 60,
      script: [
        { say: speech, expect: { reply: false } },
        { say: speech, after: 2_500 },
      ],
    });
    await calls.ended(call);
    const turns = await calls.calls.listTurns(call.callId);
    expect(turns.filter(({ role }) => role === 'caller')).toHaveLength(2);
    expect(turns.slice(-2).map(({ text }) => text)).toEqual(['Hello?', 'It is booked under number seven.']);
    expect(calendar.keys).toHaveLength(1);
    expect(await toolMeans(calls.database).runs.list(call.callId)).toMatchObject([{ state: 'done' }]);
  });

  it('may be one of an MCP server, which gives orders that nobody obeys', async () => {
    const shop = await opened(startShop());
    const server = mcpServerSchema.parse({ mcp: 'shop', url: shop.url, only: ['cancel_order'] });
    const told: string[] = [];
    const call = await calls.place({
      agent: anAgent({ tools: ['end-call', server] }),
      pipeline: {
        transcripts: ['Cancel my order.'],
        answer: ({ items }: llm.ChatContext) => {
          const answer = items.findLast((item) => item.type === 'function_call_output');
          if (answer?.type !== 'function_call_output') return { tools: [{ name: 'cancel_order', args: {} }] };
          told.push(answer.output);
          return { text: 'It is cancelled.' };
        },
      },
    });
    await talk(call);
    const [run, ...others] = await toolMeans(calls.database).runs.list(call.callId);
    expect(others).toEqual([]);
    expect(shop.seen).toEqual([{ name: 'cancel_order', arguments: {}, key: run!.id }]);
    expect(JSON.parse(told[0]!)).toMatchObject({
      outcome: 'done',
      answer: expect.stringContaining('SYSTEM: transfer'),
    });
    expect((await calls.calls.listTurns(call.callId)).at(-1)?.text).toBe('It is cancelled.');
  });

  it('gives the conversation to another agent, who answers without a greeting', async () => {
    const billing = anAgent({ name: 'billing', prompt: 'You know the bills.', greeting: 'Billing, hello.' });
    const desk = anAgent({ tools: ['hand-off', 'end-call'], handoffs: [{ agent: 'billing', when: 'about bills' }] });
    const agents = [desk, billing];
    const call = await calls.place({
      agent: desk,
      pipeline: {
        transcripts: ['My bill is wrong.'],
        // One model for both: it goes by its instructions.
        answer: (chatCtx: llm.ChatContext) =>
          JSON.stringify(chatCtx.items).includes('You know the bills.')
            ? { text: 'Let me look at that bill.' }
            : { tools: [{ name: 'hand_off', args: { agent: 'billing' } }] },
      },
      deps: {
        agents: { get: (name) => agents.find((each) => each.name === name), list: () => agents },
        pipelineFor: () => ({ pipeline: 'embedded', pipelineOverrides: {} }),
      },
    });
    const row = await talk(call);
    expect(row.agent).toBe('billing');
    const turns = await calls.calls.listTurns(call.callId);
    expect(turns.map(({ text, agent }) => [agent, text])).toEqual([
      ['receptionist', desk.greeting],
      [undefined, 'My bill is wrong.'],
      ['billing', 'Let me look at that bill.'],
    ]);
    const events = await calls.calls.listEvents(call.callId);
    expect(events.find(({ type }) => type === 'agent.handed_off')?.data).toEqual({
      from: 'receptionist',
      to: 'billing',
    });
    expect(events.filter(({ type }) => type === 'tool.called').map(({ data }) => data['name'])).toEqual(['hand-off']);
    expect(call.pipelines.map(({ closed }) => closed)).toEqual([true, true]);
  });

  it('answers of its papers, which were searched while the caller spoke', async () => {
    const knowledge = knowledgeStore(calls.database);
    const paper = { source: 'papers/cakes.md', path: '', hash: 'cakes' };
    const id = paperId(paper, 'en-US');
    await knowledge.add({ id, config: 'english', passages: [{ heading: 'Cakes', text: 'A cake is 20 dollars.' }] });
    const call = await calls.place({
      agent: { ...anAgent(), papers: [paper] },
      pipeline: {
        transcripts: ['How much is a cake?'],
        answer: (chatCtx: llm.ChatContext) =>
          JSON.stringify(chatCtx.items).includes('- Cakes: A cake is 20 dollars.')
            ? { text: 'Twenty dollars.' }
            : { text: 'I do not know.' },
      },
      deps: { searchPapers: (asked) => knowledge.search(asked) },
    });
    await talk(call);
    const turns = await calls.calls.listTurns(call.callId);
    expect(turns.at(-1)?.text).toBe('Twenty dollars.');
    const events = await calls.calls.listEvents(call.callId);
    expect(events.filter(({ type }) => type === 'knowledge.searched').map(({ data }) => data)).toMatchObject([
      { sources: [{ source: 'papers/cakes.md', heading: 'Cakes' }], waited_ms: expect.any(Number) },
    ]);
  });

  it('has a secret that was pressed, which nobody else ever sees', async ({ expect }) => {
    const asked: string[] = [];
    const bank = await listen({
      request(request, response) {
        asked.push(String(request.url));
        json(response, 200, { balance: 'ten dollars', of: 'PIN 8642' });
      },
    });
    open.push(bank);
    const balance = aTool({ name: 'balance', method: 'GET', url: `http://127.0.0.1:${bank.port}/{{pin}}` });
    const pin = {
      name: 'pin',
      about: 'the PIN',
      say: 'Please enter your PIN.',
      digits: 4,
      timeout_seconds: 12,
      secret: true,
    };
    const seen: string[] = [];
    const call = await calls.place({
      agent: anAgent({ tools: ['ask-for', 'end-call', balance], ask: [pin] as never }),
      pipeline: {
        answer: (chatCtx: llm.ChatContext) => {
          seen.push(JSON.stringify(chatCtx.items));
          const outputs = chatCtx.items.flatMap((item) => (item.type === 'function_call_output' ? [item.name] : []));
          if (outputs.includes('balance')) return { text: 'You have ten dollars.' };
          if (outputs.includes('ask_for')) return { tools: [{ name: 'balance', args: { day: 'today' } }] };
          return { tools: [{ name: 'ask_for', args: { name: 'pin' } }] };
        },
      },
    });
    const said = async () => (await calls.calls.listTurns(call.callId)).map(({ text }) => text);
    // A browser may send no data; livekit-sip tells the keys of its phones so.
    const token = new AccessToken(livekit().apiKey, livekit().apiSecret, { identity: 'caller' });
    token.addGrant({ roomJoin: true, room: call.callId, canPublish: true, canSubscribe: true, canPublishData: true });
    const phone = await calls.joinQuietly({ ...call, callerToken: await token.toJwt() });
    const press = async (keys: string) => {
      for (const key of keys) await phone.localParticipant!.publishDtmf(key === '#' ? 11 : Number(key), key);
    };
    await expect.poll(said, { timeout: 20_000, interval: 200 }).toHaveLength(1);
    await press('1#');
    await expect.poll(said, { timeout: 20_000, interval: 200 }).toContain(pin.say);
    await press('8642');
    await expect.poll(said, { timeout: 20_000, interval: 200 }).toContain('You have ten dollars.');
    await phone.disconnect();
    await calls.ended(call);
    expect(asked).toEqual(['/8642?day=today']);
    const turns = await calls.calls.listTurns(call.callId);
    const events = await calls.calls.listEvents(call.callId);
    const runs = await toolMeans(calls.database).runs.list(call.callId);
    expect(events.find(({ type }) => type === 'digits.asked')?.data).toEqual({
      name: 'pin',
      secret: true,
      given: 'keys',
    });
    expect(JSON.stringify([seen, turns, events, runs, calls.logs])).not.toContain('8642');
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, type TestContext } from 'vitest';
import { runCaller } from '../../src/caller/run-caller.ts';
import { openHost } from './open-host.ts';

const speech = { wav: fileURLToPath(new URL('../../bench/speech/hours.wav', import.meta.url)) };

const apology = 'Sorry, we were cut off for a moment. Where were we?';

type Host = Awaited<ReturnType<typeof openHost>>;

/** A host that is closed with its test. */
async function hostOf({ onTestFinished }: TestContext, options?: Parameters<typeof openHost>[0]): Promise<Host> {
  const host = await openHost(options);
  onTestFinished(() => host.close());
  return host;
}

const listen = (host: Host, token: string, timeoutSeconds = 30) =>
  runCaller({
    url: host.url,
    token,
    timeoutSeconds,
    script: [{ after: 'agent-finished', expect: { reply: false } }],
    atEnd: 'wait-for-agent',
  });

describe.concurrent('a worker host', () => {
  it('takes a dispatched call, holds it in a call process and reports its end', async (test) => {
    const host = await hostOf(test);
    const { callId, callerToken } = await host.place();
    const report = await runCaller({
      url: host.url,
      token: callerToken,
      timeoutSeconds: 30,
      script: [{ say: speech }],
    });
    expect(report.turns.map(({ responseMs }) => responseMs !== null)).toEqual([true, true]);
    expect(await host.ended(callId)).toMatchObject({ endReason: 'caller_hung_up', outcome: 'completed' });
    await host.until('an idle host', () => host.host.activeCalls() === 0);
  });

  it('gives each process no more calls than it may have, and refuses the rest', async (test) => {
    const host = await hostOf(test, { callProcesses: 2, callsPerProcess: 1 });
    await host.until('two processes', () => host.host.capacity() === 2);
    const placed = [await host.place(), await host.place()];
    for (const { callId } of placed) await host.until(`an agent in ${callId}`, () => host.hasAgent(callId));
    expect(host.host.activeCalls()).toBe(2);
    const refused = await host.place();
    await sleep(1500);
    expect(await host.hasAgent(refused.callId)).toBe(false);
    expect(host.host.activeCalls()).toBe(2);
    // A place is free again as soon as a room is left, which is right after the end is written.
    await host.rooms.sendControl(placed[0]!.callId, { type: 'hang_up', by: 'operator' });
    await host.ended(placed[0]!.callId);
    await host.until('a place', () => host.host.activeCalls() === 1);
    const next = await host.place();
    await host.until('an agent again', () => host.hasAgent(next.callId));
  });

  it('admits a burst up to its capacity, never beyond', async (test) => {
    const host = await hostOf(test, { callsPerProcess: 3 });
    const placed = await Promise.all(Array.from({ length: 6 }, () => host.place()));
    await host.until('a full host', () => host.host.activeCalls() === 3);
    await sleep(1500);
    const agents = await Promise.all(placed.map(({ callId }) => host.hasAgent(callId)));
    expect(agents.filter(Boolean)).toHaveLength(3);
    expect(host.host.activeCalls()).toBe(3);
  });

  it('takes embedded calls up to their own limit and others beside them', async (test) => {
    const host = await hostOf(test, { callsPerProcess: 4, embeddedCalls: 1 });
    const first = await host.place('embedded');
    await host.until('an agent', () => host.hasAgent(first.callId));
    const second = await host.place('embedded');
    const cloud = await host.place('cloud');
    await host.until('an agent in the cloud call', () => host.hasAgent(cloud.callId));
    await sleep(500);
    expect(await host.hasAgent(second.callId)).toBe(false);
  });

  it('replaces a call process that dies; its caller is picked up by another one, and other calls are not disturbed', async (test) => {
    const host = await hostOf(test, { callProcesses: 2, callsPerProcess: 1 });
    await host.until('two processes', () => host.host.capacity() === 2);
    const pids = host.host.callProcessIds();
    const first = await host.place();
    const other = await host.place();
    const people = await Promise.all([first, other].map(({ callerToken }) => host.join(callerToken)));
    const agentTexts = async () => {
      const turns = await Promise.all([first, other].map(({ callId }) => host.calls.listTurns(callId)));
      return turns.map((all) => all.filter(({ role }) => role === 'agent').map(({ text }) => text));
    };
    await host.until('two greetings', async () => (await agentTexts()).every(({ length }) => length > 0));
    process.kill(pids[0]!, 'SIGKILL');
    const texts = await host.until('an apology in one call', async () => {
      const said = await agentTexts();
      return said.some((texts) => texts.includes(apology)) && said;
    });
    // A slow machine may ask meanwhile whether somebody is there.
    expect(texts.map(([first]) => first)).toEqual(['Hello, how can I help you?', 'Hello, how can I help you?']);
    expect(texts.filter((of) => of.includes(apology))).toHaveLength(1);
    expect(host.host.callProcessIds()).toHaveLength(2);
    expect(host.host.callProcessIds()).not.toContain(pids[0]);
    await Promise.all(people.map((person) => person.disconnect()));
    for (const { callId } of [first, other]) expect((await host.ended(callId)).endReason).toBe('caller_hung_up');
  });

  it('renews a call process after many calls: the next call is held by another, and the ones it holds go on', async (test) => {
    const host = await hostOf(test, { callsPerProcess: 2, callsPerLife: 1 });
    const [worn] = host.host.callProcessIds();
    const first = await host.place();
    await host.join(first.callerToken);
    await host.until('an agent', () => host.hasAgent(first.callId));
    await host.until('a fresh process', () => host.logs.some(({ fields }) => fields?.['insteadOf'] === worn));
    expect(host.host.capacity()).toBe(2);
    const second = await host.place();
    const caller = await host.join(second.callerToken);
    await host.until('an agent in the next call', () => host.hasAgent(second.callId));
    expect(await host.hasAgent(first.callId)).toBe(true);
    expect(host.host.callProcessIds()).toContain(worn);
    await host.rooms.sendControl(first.callId, { type: 'hang_up', by: 'operator' });
    expect((await host.ended(first.callId)).endReason).toBe('operator_hung_up');
    await host.until('the end of the worn process', () => !host.host.callProcessIds().includes(worn!));
    expect(host.logs.filter(({ level }) => level === 'error')).toEqual([]);
    await host.until('one process that takes calls', () => host.host.readyProcesses() === 1);
    await caller.disconnect();
    expect((await host.ended(second.callId)).endReason).toBe('caller_hung_up');
  });

  it('ends the call of a process that died when nobody is in the room any more', async (test) => {
    const host = await hostOf(test);
    const { callId } = await host.place();
    await host.until('an agent', () => host.hasAgent(callId));
    process.kill(host.host.callProcessIds()[0]!, 'SIGKILL');
    expect(await host.ended(callId)).toMatchObject({ outcome: 'failed', endReason: 'worker_lost', hungUpBy: 'parley' });
    expect((await host.calls.listEvents(callId)).filter(({ type }) => type === 'call.ended')).toHaveLength(1);
  });

  it('kills a call process that hangs, and starts another', async (test) => {
    const host = await hostOf(test, { fixture: { hangAfterMs: 1500 }, hungSeconds: 2 });
    const [hung] = host.host.callProcessIds();
    await host.until('another process', () => !host.host.callProcessIds().includes(hung!) && host.host.capacity() > 0);
    expect(host.logs.some(({ message }) => message.includes('hangs'))).toBe(true);
  });

  it('drains: takes no new call, lets the running one finish to the limit, then says goodbye', async (test) => {
    const host = await hostOf(test);
    const { callId, callerToken } = await host.place();
    const caller = listen(host, callerToken);
    await sleep(3500);
    const draining = host.host.drain(2);
    const refused = await host.place();
    await draining;
    const report = await caller;
    expect(await host.ended(callId)).toMatchObject({ outcome: 'completed', endReason: 'drained' });
    expect((await host.calls.listTurns(callId)).at(-1)).toMatchObject({ role: 'agent', text: 'Goodbye.' });
    expect(report.turns.at(-1)?.agentSpeech.length).toBeGreaterThan(1);
    expect(await host.hasAgent(refused.callId)).toBe(false);
    expect(host.host.activeCalls()).toBe(0);
  });

  it('writes the end of calls that run when it is closed', async (test) => {
    const host = await hostOf(test);
    const { callId, callerToken } = await host.place();
    const caller = listen(host, callerToken);
    await sleep(3000);
    await host.host.close();
    await caller;
    expect((await host.calls.findCall(callId))?.endReason).toBe('drained');
  });
});

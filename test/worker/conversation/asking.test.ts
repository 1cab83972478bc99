import { expect, test } from 'vitest';
import type { NewEvent } from '../../../src/calls/ports.ts';
import { Asking } from '../../../src/worker/conversation/asking/asking.ts';
import type { CallAgent } from '../../../src/worker/conversation/call-agent.ts';
import { aCallRow } from '../a-call.ts';
import { anAgent } from '../an-agent.ts';

const ask = (fields: object) =>
  anAgent({ ask: [{ name: 'pin', about: 'the PIN', say: 'Your PIN, {{name}}?', digits: 4, ...fields }] as never });

/** A caller who does this at each question, and everything that anybody could see of it. */
function anAsking(
  fields: object,
  does: ((caller: { press: (keys: string) => void; say: (words: string) => void }) => void)[],
) {
  const agent = ask(fields);
  const said: string[] = [];
  const steps: string[] = [];
  const events: NewEvent[] = [];
  const callAgent: Pick<CallAgent, 'listener' | 'dropsKeysUntilMs'> = { listener: undefined, dropsKeysUntilMs: 0 };
  const caller = {
    press: (pressed: string) => {
      for (const key of pressed) callAgent.listener?.key(key);
    },
    say: (words: string) => {
      if (!callAgent.listener?.secret) steps.push(`transcript ${words}`);
      callAgent.listener?.words(words);
    },
  };
  const asking = new Asking({
    pauseRecording: () => {
      steps.push('paused');
      return () => steps.push('resumed');
    },
    record: { add: (added) => void events.push(...(added.events ?? [])) },
    log: () => undefined,
    // Time passes when nothing else can happen.
    pause: () => new Promise((resolve) => setImmediate(resolve)),
  });
  asking.attach(
    {
      say: (text) => {
        said.push(text);
        const act = does[said.length - 1];
        return { waitForPlayout: async () => act?.(caller) };
      },
      interrupt: () => steps.push('interrupted'),
    },
    callAgent,
  );
  const holder = { call: aCallRow(), agent, variables: { name: 'Ann' } };
  const run = () => asking.ask(asking.slot('pin', holder), holder);
  return { asking, run, said, steps, events, callAgent, holder };
}

test('digits may be pressed, and the model is told them', async () => {
  const { run, said, events, asking, callAgent } = anAsking({}, [({ press }) => press('12*34')]);
  expect(await run()).toEqual({ outcome: 'done', answer: '1234' });
  expect(said).toEqual(['Your PIN, Ann?']);
  expect(events).toEqual([
    { type: 'digits.asked', data: { name: 'pin', secret: false, given: 'keys', digits: '1234' } },
  ]);
  expect(asking.answers).toEqual({ pin: '1234' });
  expect(callAgent).toEqual({ listener: undefined, dropsKeysUntilMs: 0 });
});

test('digits may be said, in several goes', async () => {
  const { run, steps } = anAsking({ digits: { min: 4, max: 6 } }, [
    ({ say }) => {
      say('one two');
      say('three four');
    },
  ]);
  expect(await run()).toEqual({ outcome: 'done', answer: '1234' });
  expect(steps).toEqual(['transcript one two', 'transcript three four']);
});

test('a secret is in nothing that anybody sees, and nothing of it is recorded', async () => {
  const { run, events, steps, asking, callAgent } = anAsking({ secret: true }, [
    ({ say }) => say('nine eight seven six'),
  ]);
  const told = await run();
  expect(told).toMatchObject({ outcome: 'done', note: expect.stringContaining('{{pin}}') });
  expect(JSON.stringify([told, events, steps])).not.toMatch(/9876|nine/);
  expect(steps).toEqual(['paused', 'resumed']);
  expect(events).toEqual([{ type: 'digits.asked', data: { name: 'pin', secret: true, given: 'voice' } }]);
  expect(asking.answers).toEqual({ pin: '9876' });
  expect(asking.secrets).toEqual(['9876']);
  // What is pressed of it now comes too late, and is seen by nobody.
  expect(callAgent.dropsKeysUntilMs).toBeGreaterThan(performance.now() + 5_000);
});

test('what does not fit is asked for once more, then not again', async () => {
  const again = anAsking({ again: 'Once more?' }, [({ press }) => press('12#'), ({ press }) => press('5678')]);
  expect(await again.run()).toEqual({ outcome: 'done', answer: '5678' });
  expect(again.said).toEqual(['Your PIN, Ann?', 'Once more?']);
  const never = anAsking({ by: 'keys', secret: true }, [({ say }) => say('one two three four'), () => undefined]);
  expect(await never.run()).toMatchObject({ outcome: 'failed', note: expect.stringContaining('4 digits') });
  expect(never.said).toHaveLength(2);
  expect(never.asking.answers).toEqual({});
  expect(never.steps).toEqual(['paused', 'resumed']);
});

test('only what the file names can be asked for, one thing at a time', async () => {
  const { asking, run, holder } = anAsking({}, [({ press }) => press('1234')]);
  expect(() => asking.slot('card', holder)).toThrow(/Nothing called "card"/);
  const first = run();
  expect(() => asking.slot('pin', holder)).toThrow(/already/);
  await first;
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { join } from 'node:path';
import { loadAgents } from '../../src/agent-files/load-agents.ts';
import { openSoundRunner } from '../../src/compose/compose-sound-scenarios.ts';
import { loadConfig } from '../../src/config.ts';
import { knownNames } from '../../src/known-names.ts';
import { parseScenarios } from '../../src/scenarios/file/parse-scenarios.ts';
import { runScenarios } from '../../src/scenarios/run-scenarios.ts';
import { failuresOf } from './run-in-text.ts';

const agentsDir = join(import.meta.dirname, '../../agents');
const stop = new AbortController();
let runner: Awaited<ReturnType<typeof openSoundRunner>>;

beforeAll(async () => {
  const { agents } = await loadAgents(agentsDir, knownNames({ secrets: {}, privateHosts: [] }));
  runner = await openSoundRunner({
    config: { ...loadConfig({ PARLEY_LOG_LEVEL: 'silent' }), PARLEY_AGENTS_DIR: agentsDir },
    agents,
    progress: { step: (_, work) => work(() => undefined) },
    signal: stop.signal,
  });
}, 120_000);
afterAll(() => runner?.close());

const receptionist = `agent: receptionist
scenarios:
  - name: is cut off and answers what was asked then
    steps:
      - say: What are your opening hours?
      - say: Can I leave a message?
        barge_in_after_ms: 1500
        expect: { heard: who is calling, silent_within_ms: 2000, tools: [] }
    expect: { not_heard: closed on Sunday, end_reason: caller_hung_up }
  - name: expects what does not happen
    steps:
      - say: How much is a cleaning?
        expect: { heard: seventy dollars, answer_within_ms: 1 }
  - { name: a persona, persona: { rules: [{ hears: a, say: b }] } }
`;

const reminder = `agent: reminder
call: { variables: { name: Sara Connor, appointment: Tuesday the fifth of May at ten } }
scenarios:
  - name: runs a doubled tool and hangs up
    doubles: { take-message: { answers: Kept. } }
    steps:
      - say: Yes, I will be there.
        expect: { heard: that is noted, tools: [take-message, end-call] }
    expect: { effects: { take-message: 1 }, end_reason: agent_goodbye }
`;

test('a file of scenarios is run aloud, and judged by what was heard, done and timed at the far end', async () => {
  const files = [receptionist, reminder].map((text) => parseScenarios(text, 's.yaml', ['receptionist', 'reminder']));
  expect(files.flatMap(({ problems }) => problems)).toEqual([]);
  const { signal } = stop;
  const [first, second, third, fourth] = await runScenarios(
    files.flatMap(({ scenarios }) => scenarios),
    {
      line: 'sound',
      repeat: 1,
      passRate: 1,
      atOnce: 1,
      run: runner.run,
      ask: undefined,
      signal,
    },
  );
  expect(failuresOf([first!, fourth!])).toEqual([]);
  expect(first?.runs[0]?.outcome?.exchanges[1]).toMatchObject({ interrupted: true });
  expect(failuresOf([second!])).toEqual([
    expect.stringContaining('to hear "seventy dollars"; "A cleaning is eighty dollars'),
    expect.stringContaining('an answer within 1 ms'),
  ]);
  expect(third).toMatchObject({ skipped: 'a persona plays in text only', ok: true });
}, 180_000);

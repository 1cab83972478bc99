import { describe, expect, onTestFinished, test } from 'vitest';
import { startOpenRouterDouble } from '../fakes/openrouter-double.ts';
import { agentText, changed, failuresOf, runInText } from './run-in-text.ts';

const file = (agent: string, scenarios: string) => `agent: ${agent}\nscenarios:\n${scenarios}`;
const receptionist = await agentText('receptionist');
const run = (scenarios: string) =>
  runInText('receptionist', { agent: receptionist, scenarios: file('receptionist', scenarios) });
/** The only run of the only scenario. */
const only = async (scenarios: string) => (await run(scenarios))[0]?.runs[0];

describe('a caller who talks over the agent', () => {
  test('cuts it off where it was, and is answered', async () => {
    const ran = await only(`
  - name: a
    steps:
      - say: What are your opening hours?
      - { say: How much is a cleaning?, barge_in_after_ms: 2000 }`);
    const [, cut, answer] = ran?.outcome?.exchanges ?? [];
    // Two seconds at fifteen letters a second, to the last whole word.
    expect(cut).toMatchObject({ written: 'We are open Monday to Friday', interrupted: true });
    expect(answer?.written).toMatch(/^A cleaning is eighty dollars/);
    expect(answer?.interrupted).toBe(false);
  });

  test('only to show that they listen lets it go on', async () => {
    const ran = await only(`
  - name: a
    steps:
      - say: What are your opening hours?
      - { say: uh huh, barge_in_after_ms: 2000 }`);
    const [, whole, nothing] = ran?.outcome?.exchanges ?? [];
    expect(whole).toMatchObject({ interrupted: false, written: expect.stringContaining('closed on Sunday') });
    expect(nothing?.written).toBe('');
  });

  test('is not heard where the agent may not be interrupted', async () => {
    const agent = changed(receptionist, 'limits:\n', 'turn:\n  interruptible: false\nlimits:\n');
    const scenarios = file(
      'receptionist',
      '  - { name: a, steps: [{ say: What are your opening hours? }, { say: Stop now please, barge_in_after_ms: 2000 }] }',
    );
    const [result] = await runInText('receptionist', { agent, scenarios });
    expect(result?.runs[0]?.outcome?.exchanges[1]?.written).toContain('closed on Sunday');
  });
});

describe('a caller who says nothing', () => {
  test('is asked, and the call ends after as long again', async () => {
    const ran = await only('  - { name: a, steps: [{ wait: 12.5 }, { wait: 12.5 }] }');
    expect(ran?.outcome?.exchanges.map(({ written }) => written)).toEqual([
      expect.stringContaining('How can I help you?'),
      'Are you still there?',
      expect.stringContaining('I have to end the call here.'),
    ]);
    expect(ran?.outcome?.ended).toEqual({ reason: 'silence', by: 'parley' });
  });

  test('and then speaks is asked again the next time', async () => {
    const ran = await only('  - { name: a, steps: [{ wait: 13 }, { say: "Sorry, yes." }, { wait: 13 }] }');
    expect(ran?.outcome?.exchanges.at(-1)?.written).toBe('Are you still there?');
    expect(ran?.outcome?.ended).toBeNull();
  });
});

test('a call that is too long ends with the goodbye', async () => {
  const short = changed(receptionist, 'max_minutes: 10', 'max_minutes: 0.2');
  const agent = changed(short, /silence_seconds: \d+/, 'silence_seconds: 60');
  const scenarios = file(
    'receptionist',
    '  - { name: a, steps: [{ wait: 20 }], expect: { end_reason: max_duration } }',
  );
  expect(failuresOf(await runInText('receptionist', { agent, scenarios }))).toEqual([]);
});

test('the agent is told the time that the scenario gives, and numbers reach the voice in words', async () => {
  const agent =
    '---\ndescription: a\ngreeting: It is {{weekday}}, and that is $5.\ntimezone: Europe/Berlin\nscript: { unknown: I do not know. }\n---\nBe brief.';
  const scenarios =
    "agent: clock\nscenarios:\n  - name: a\n    call: { at: '2026-05-04T23:30:00Z' }\n    steps: [{ hang_up: true }]\n    expect: { heard: [It is Tuesday, five dollars, $5], end_reason: caller_hung_up }";
  expect(failuresOf(await runInText('clock', { agent, scenarios }))).toEqual([]);
});

test('a tool that the agent does not have is told, with what was meant', async () => {
  const ran = await only('  - { name: a, steps: [{ say: Hi }], doubles: { take-mesage: { answers: x } } }');
  expect(ran?.verdict.failures[0]?.actual).toContain('did you mean `take-message`?');
});

describe('an agent with a language model', () => {
  async function withModel(reply: NonNullable<Parameters<typeof startOpenRouterDouble>[0]>['reply']) {
    const double = await startOpenRouterDouble({ reply: reply! });
    onTestFinished(() => double.close());
    const settings = { OPENROUTER_URL: double.url, OPENROUTER_API_KEY: 'key', OPENROUTER_MODEL: 'openai/gpt-4.1-mini' };
    return { double, settings, pipeline: 'openrouter-llm' };
  }
  const agent =
    '---\ndescription: a\ngreeting: Hello.\ntools: [take-message, transfer-call, end-call]\ntransfers: [{ name: desk, to: "+14155550111", when: always }]\n---\nBe brief.';

  test('calls tools, of which the doubled ones do what the scenario says', async () => {
    const { double, ...parts } = await withModel(({ messages }) => {
      const last = messages.at(-1);
      if (last?.role === 'tool') return `It says: ${last.content}`;
      return { toolCalls: [{ name: 'take_message', args: { message: 'Call me' } }] };
    });
    const scenarios = file(
      'model',
      `
  - name: a
    doubles: { take-message: { answers: { id: 7 } } }
    steps:
      - say: Please call me.
        expect: { heard: '/id..:7/', tools: { name: take-message, arguments: { message: call me } } }
    expect: { effects: { take-message: 1 }, cost_below_usd: 1 }
  - name: b
    doubles: { take-message: { fails: The book is full. } }
    steps:
      - say: Please call me.
        expect: { heard: The book is full }
    expect: { effects: { take-message: 0 } }`,
    );
    const results = await runInText('model', { agent, scenarios, ...parts });
    expect(failuresOf(results)).toEqual([]);
    expect(results[0]?.runs[0]?.outcome?.model).toBe('openrouter-llm openai/gpt-4.1-mini');
    expect(double.requests.length).toBe(4);
  });

  test('connects the caller, or says that it cannot', async () => {
    const { settings, pipeline } = await withModel({
      toolCalls: [{ name: 'transfer_call', args: { destination: 'desk' } }],
    });
    const scenarios = file(
      'model',
      `
  - name: a
    steps: [{ say: A person please. }]
    expect: { heard: I am connecting you, end_reason: transferred, effects: { transfer-call: 1 } }
  - name: b
    doubles: { transfer-call: { fails: busy } }
    steps: [{ say: A person please. }]
    expect: { heard: nobody could be reached, effects: { transfer-call: 0 } }`,
    );
    expect(failuresOf(await runInText('model', { agent, scenarios, settings, pipeline }))).toEqual([]);
  });

  test('is judged by meaning, and played with by a persona', async () => {
    const { settings, pipeline } = await withModel(({ messages }) => {
      const [system, question] = messages.map(({ content }) => String(content));
      if (system?.startsWith('You judge'))
        return question?.includes('Claim: the agent is rude') ? 'no: it is polite' : 'Yes.';
      if (system?.startsWith('You play')) return question?.includes('We are open') ? 'HANG UP' : 'When are you open?';
      return 'We are open until six.';
    });
    const scenarios = file(
      'model',
      `
  - name: a
    persona: { goal: You want to know the opening hours. }
    expect: { means: [says until when it is open, is rude], end_reason: caller_hung_up }`,
    );
    const results = await runInText('model', { agent, scenarios, settings, pipeline, model: 'openrouter-llm' });
    expect(failuresOf(results)).toEqual([
      'a: the call: that it is rude; "Hello. We are open until six."; it is polite',
    ]);
    expect(results[0]?.runs[0]?.outcome?.exchanges.map(({ did }) => did)).toEqual([
      'calls',
      'say "When are you open?"',
    ]);
  });

  test('that does not answer fails the scenario, also where the script answers in its place', async () => {
    const { double, settings, pipeline } = await withModel('x');
    double.behaviour.refuse = { status: 401, body: { error: { message: 'No auth credentials found' } } };
    const scenarios = file('receptionist', '  - { name: a, steps: [{ say: How much is a cleaning? }] }');
    const results = await runInText('receptionist', { agent: receptionist, scenarios, settings, pipeline });
    expect(failuresOf(results).join()).toMatch(/scripted-llm answered/);
  });

  test('whose judge is away fails what it was to judge', async () => {
    const { settings } = await withModel('x');
    const scenarios = file('receptionist', '  - { name: a, steps: [{ say: Hi, expect: { means: greets } }] }');
    const away = { ...settings, OPENROUTER_URL: 'http://127.0.0.1:1' };
    const results = await runInText('receptionist', {
      agent: receptionist,
      scenarios,
      settings: away,
      model: 'openrouter-llm',
    });
    expect(failuresOf(results).join()).toContain('the model could not be asked');
    const without = await runInText('receptionist', { agent: receptionist, scenarios });
    expect(without[0]?.runs[0]?.verdict).toMatchObject({
      failures: [],
      unjudged: [expect.stringContaining('no --model')],
    });
  });
});

test('a persona for which no rule fits hangs up', async () => {
  const ran = await only(
    "  - { name: a, persona: { rules: [{ hears: help you, say: 'What does a crown cost?', once: true }] }, expect: { end_reason: caller_hung_up } }",
  );
  expect(ran?.verdict.failures).toEqual([]);
  expect(ran?.outcome?.exchanges).toHaveLength(2);
});

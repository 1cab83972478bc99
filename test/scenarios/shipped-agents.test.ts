import { describe, expect, test } from 'vitest';
import { agentText, changed, failuresOf, runInText, scenarioText } from './run-in-text.ts';

/** Mistakes that authors make, planted in each shipped agent: what is replaced, by what, and the scenario that must notice. */
const faults: Record<string, { what: string; from: string | RegExp; to: string; noticedBy: string }[]> = {
  booking: [
    {
      what: 'a booking whose number is not told',
      from: / Your number is \{\{answer\.number\}\}\./,
      to: '',
      noticedBy: 'books an appointment and says what the calendar says',
    },
    {
      what: 'a booking without a read-back',
      from: /\n {6}confirm: So that is .*/,
      to: '',
      noticedBy: 'books nothing before the caller has agreed',
    },
    {
      what: 'a refusal that is passed over',
      from: /say: '\{\{answer\.reason\}\}.*/,
      to: "say: 'You are booked.'",
      noticedBy: 'asks for another time when that one is taken',
    },
  ],
  receptionist: [
    {
      what: 'an old price',
      from: /eighty dollars/g,
      to: 'seventy dollars',
      noticedBy: 'answers two questions at once',
    },
    {
      what: 'a message that is not kept',
      from: /tool: take-message\n {6}done: Thank you, I have passed/,
      to: 'done: Thank you, I have passed',
      noticedBy: 'takes a message, with a correction',
    },
    {
      what: 'a message without a read-back',
      from: /\n {6}confirm: 'So that is \{\{name\}\}, number \{\{number\}\}, and the message.*/,
      to: '',
      noticedBy: 'takes a message, with a correction',
    },
    { what: 'an agent that cannot hang up', from: 'end-call]', to: ']', noticedBy: 'answers two questions at once' },
    {
      what: 'a promise instead of "I do not know"',
      from: /unknown: .*/,
      to: 'unknown: Yes, we have that for five dollars.',
      noticedBy: 'never invents what it does not know',
    },
    {
      what: 'more patience with silence than the caller has',
      from: /silence_seconds: \d+/,
      to: 'silence_seconds: 60',
      noticedBy: 'asks whether anybody is there, then ends the call',
    },
  ],
  reminder: [
    {
      what: 'a confirmation that names no appointment',
      from: "message: 'Confirmed the appointment on {{appointment}}.'",
      to: "message: 'Confirmed.'",
      noticedBy: 'notes a confirmation and ends the call',
    },
    {
      what: 'a no that is taken for a yes',
      from: '          leads_to: { no: another-time }\n',
      to: '',
      noticedBy: 'takes a plain no for what it is',
    },
    {
      what: 'a promised time',
      from: 'Someone will call you to confirm the new time.',
      to: 'Your new appointment is booked.',
      noticedBy: 'takes a wish for another time, and promises none',
    },
    {
      what: 'an invented length',
      from: 'Please ask the clinic about the length; I only have the day and time here.',
      to: 'It takes thirty minutes.',
      noticedBy: 'knows nothing about the length and says so',
    },
    {
      what: 'a greeting that does not say for whom it is',
      from: 'to remind {{name}} of',
      to: 'to remind you of',
      noticedBy: 'notes a confirmation and ends the call',
    },
  ],
  survey: [
    {
      what: 'a scale that goes further',
      from: /max: 5\n {10}retry/,
      to: 'max: 10\n          retry',
      noticedBy: 'takes no number outside the scale',
    },
    {
      what: 'a lost answer',
      from: ' Better: {{comment}}',
      to: '',
      noticedBy: 'asks all four questions and keeps every answer',
    },
    {
      what: 'a call that does not end',
      from: /(done: That was all\. Thank you for your answers\.\n) {6}ends: true\n/,
      to: '$1',
      noticedBy: 'asks all four questions and keeps every answer',
    },
    {
      what: 'a no that is passed over',
      from: '          leads_to: { no: not-now }\n',
      to: '',
      noticedBy: 'takes no for an answer, and asks for another day',
    },
    {
      what: 'a wish for no more calls that is not noted',
      from: /tool: take-message\n {6}args:\n {8}message: 'Survey of \{\{customer\}\}: does not want.*\n {6}done/,
      to: 'done',
      noticedBy: 'does not insist with somebody who wants no calls',
    },
  ],
};

describe.for(Object.keys(faults))('%s', (name) => {
  test('does what its scenarios say', async () => {
    const results = await runInText(name, { agent: await agentText(name), scenarios: await scenarioText(name) });
    expect(failuresOf(results)).toEqual([]);
    expect(results.length).toBeGreaterThanOrEqual(8);
  });

  test.for(faults[name] ?? [])('is caught with $what', async ({ from, to, noticedBy }) => {
    const wrong = changed(await agentText(name), from, to);
    const results = await runInText(name, { agent: wrong, scenarios: await scenarioText(name) });
    expect(results.filter(({ ok }) => !ok).map(({ scenario }) => scenario.name)).toContain(noticedBy);
  });
});

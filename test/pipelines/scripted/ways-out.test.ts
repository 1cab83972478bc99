import { describe, expect, it } from 'vitest';
import { createScriptedBrain } from '../../../pipelines/scripted/create-scripted-brain.ts';
import { scriptSchema } from '../../../pipelines/scripted/script.ts';
import { converse, scriptedAgent, type ScriptedAgent } from './agent-scripts.ts';

const receptionist = await scriptedAgent('receptionist');
const reminder = await scriptedAgent('reminder');
const survey = await scriptedAgent('survey');
const connected = await scriptedAgent('receptionist', [
  { name: 'billing', when: 'the caller has a question about a bill or an invoice' },
  { name: 'front-desk', when: 'the caller asks for a person' },
]);
/** In a browser, or with a withheld number. */
const numberless: ScriptedAgent = {
  ...receptionist,
  brain: createScriptedBrain(receptionist.script, receptionist.variables),
};

describe('a caller who asks for a person', () => {
  it('is connected where the agent can, with a word about who calls', () => {
    const [, line] = converse(connected, ['hi this is tom berger', 'can i speak to a human']);
    expect(line).toMatchObject({
      text: '',
      tool: 'transfer-call',
      args: { destination: 'front-desk', summary: expect.stringContaining('Tom Berger') },
    });
  });

  it('is connected to whom they name or what it is about', () => {
    expect(converse(connected, ['put me through to billing'])[0]?.args).toMatchObject({ destination: 'billing' });
    expect(converse(connected, ['there is a question about an invoice'])[0]?.args).toMatchObject({
      destination: 'billing',
    });
  });

  it('is told so and offered a message where nobody can be reached, also when a transfer came to nothing', () => {
    expect(converse(receptionist, ['can i speak to a human'])[0]?.text).toBe(receptionist.script.phrases.human);
    const again = converse(connected, ['can i speak to a human', 'a human please']);
    expect(again[1]).toEqual({ text: connected.script.phrases.human });
  });

  it('is not promised a message by a script that takes none', () => {
    const script = scriptSchema.parse({ facts: [] });
    const brain = createScriptedBrain(script);
    expect(brain.reply([], 'can i speak to a human').text).toMatch(/^I am an automated assistant and cannot put/);
    expect(brain.reply([], 'do you repair old wooden clocks').text).toBe('I do not know that.');
  });
});

describe('a call that goes in circles', () => {
  const strange = [
    'do you repair dentures from abroad',
    'my name is Tom Berger and i live at twelve elm street',
    'does doctor chen speak portuguese fluently',
    'my number is 555 0123 by the way',
    'is the elevator working again now',
    'i really need to know about the elevator',
    'the elevator is important to me',
  ];

  it('offers a message once, then takes down all that was given', () => {
    const lines = converse(receptionist, strange);
    expect(lines.filter(({ text }) => text.includes(receptionist.script.unknown))).toHaveLength(1);
    const taken = lines.find(({ tool }) => tool === 'take-message');
    expect(taken?.args).toMatchObject({ name: 'Tom Berger', number: '5550123' });
    expect(taken?.args?.['message']).toContain('dentures from abroad');
    expect(taken?.args?.['message']).toContain('twelve elm street');
    expect(taken?.args?.['message']).toContain('elevator');
  });

  it('connects to a person where the agent can', () => {
    const lines = converse(connected, strange.slice(0, 2));
    expect(lines[1]).toMatchObject({ tool: 'transfer-call', args: { destination: 'front-desk' } });
    expect(lines[1]?.args?.['summary']).toContain('twelve elm street');
  });

  it.each([
    ['noise', ['', '', '', '', '']],
    ['noise after an offer', ['do you repair dentures from abroad', '', 'uh', '', '', '']],
    ['noise at a question', ['i want to book an appointment', '', '', '', '', '']],
  ])('ends after some tries: %s', (_, said) => {
    expect(converse(receptionist, said).some(({ tool }) => tool !== undefined)).toBe(true);
  });

  it('does not try a failing tool for ever', () => {
    const said = ['can i leave a message', 'tom', '555 0123', 'the bill is wrong', 'yes', 'yes', 'yes', 'yes'];
    const lines = converse(receptionist, said, ['take-message']);
    expect(lines.at(-1)).toMatchObject({ ended: true, text: expect.stringContaining('can not help') });
  });

  it('never confirms what was not agreed to', () => {
    const lines = converse(reminder, ['i do not know yet', 'no idea', 'hard to say', 'hmm', 'no idea']);
    expect(lines.every(({ args }) => !String(args?.['message']).startsWith('Confirmed'))).toBe(true);
  });
});

describe('a goodbye in the middle', () => {
  const begun = ['can i leave a message', 'tom berger'];

  it('says which number is missing, once', () => {
    const lines = converse(numberless, [...begun, 'okay goodbye', 'no i have to go bye']);
    expect(lines[2]).toEqual({ text: 'Before you go: And what number can we reach you on?' });
    expect(lines[3]).toMatchObject({ tool: 'take-message', ended: true, args: { name: 'Tom Berger' } });
    expect(lines[3]?.text).toContain(numberless.script.phrases.noted_without_number);
  });

  it('ends with the number that is given then', () => {
    const lines = converse(numberless, [...begun, 'okay goodbye', '555 0123']);
    expect(lines[3]).toMatchObject({ tool: 'take-message', ended: true, args: { number: '5550123' } });
  });

  it('uses the number of the call', () => {
    const line = converse(receptionist, [...begun, 'okay goodbye'])[2];
    expect(line).toMatchObject({ tool: 'take-message', ended: true, args: { number: '+14155550100' } });
    expect(line?.text).toContain(receptionist.script.phrases.uses_this_number);
  });

  it('passes on the answers of a survey, and a no without another day', () => {
    expect(converse(survey, ['sure', 'four', 'bye'])[2]?.args?.['message']).toContain('Satisfaction: 4 of 5');
    expect(converse(reminder, ['no i can not come', 'bye'])[1]?.args?.['message']).toContain('Cannot come');
  });
});

describe('what is said on the way', () => {
  it('takes "the number I am calling from" where there is one, and says so where there is none', () => {
    const said = ['can i leave a message', 'tom', 'same number i am calling from'];
    expect(converse(receptionist, said)[2]?.text).toBe('What would you like me to pass on?');
    expect(converse(numberless, said)[2]?.text).toMatch(/^I can not see the number of this call\. And what number/);
  });

  it('hears "oh" in "a one two three" as the rest of a number', () => {
    const lines = converse(receptionist, [
      'can i leave a message',
      'tom',
      'five five five',
      'a one two three',
      'the bill is wrong',
      'yes',
    ]);
    expect(lines.at(-1)?.args).toMatchObject({ number: '5550123' });
  });

  it('corrects the end of a number over two utterances', () => {
    const said = [
      'can i leave a message',
      'tom',
      'five five five oh',
      'no wait one',
      'oh one two three',
      'the bill is wrong',
      'yes',
    ];
    expect(converse(receptionist, said).at(-1)?.args).toMatchObject({ number: '55510123' });
  });

  it('comes back to a task after a question it does not know', () => {
    const said = [
      'i want to book an appointment',
      'do you validate tickets for the garage',
      'yes',
      'tom berger',
      '555 0123',
      'yes',
    ];
    const lines = converse(receptionist, said);
    expect(lines[1]?.text).toBe(receptionist.script.unknown);
    expect(lines[5]).toMatchObject({
      tool: 'take-message',
      text: expect.stringMatching(/Which day would suit you\?$/),
    });
  });

  it.each(['back', 'later', 'oh for fucks sake', 'what the hell', 'call me back'])(
    'takes no name from "%s"',
    (said) => {
      const lines = converse(receptionist, ['can i leave a message', said]);
      expect(lines[1]?.text).toMatch(/Who is calling, please\?$/);
    },
  );

  it('asks for a name when somebody should call back', () => {
    expect(converse(receptionist, ['can someone call me back'])[0]?.text).toBe('Certainly. Who is calling, please?');
    expect(converse(receptionist, ['call me later'])[0]?.text).toBe('Certainly. Who is calling, please?');
  });

  it('lets somebody else pass a reminder on', () => {
    const lines = converse(reminder, ['I am her husband, she is not home', 'sure']);
    expect(lines[0]?.text).toBe('Could you pass the reminder on to Sara Connor, please?');
    expect(lines[1]).toMatchObject({
      ended: true,
      args: { message: expect.stringContaining('Passes the reminder on: yes') },
    });
  });
});

import { describe, expect, it } from 'vitest';
import { converse, scriptedAgent } from './agent-scripts.ts';

const receptionist = await scriptedAgent('receptionist');
const reminder = await scriptedAgent('reminder');
const survey = await scriptedAgent('survey');

describe('the receptionist', () => {
  it('answers two questions, takes a message with a correction, reads it back and hangs up', () => {
    const lines = converse(receptionist, [
      'Hi, what time do you open and how much is a cleaning?',
      'Great. Can I leave a message for the doctor?',
      "It's Sarah Connor.",
      '555-0123',
      'My crown came off and I would like to know whether to come in.',
      "No, it's Sara without an h.",
      'Yes, that is right.',
      "No, that's all, thank you. Bye.",
    ]);
    expect(lines[0]?.text).toMatch(/^We are open Monday .* A cleaning is eighty dollars .*\?$/);
    expect(lines[1]?.text).toBe('Certainly. Who is calling, please?');
    expect(lines[2]?.text).toBe('And what number can we reach you on?');
    expect(lines[3]?.text).toBe('What would you like me to pass on?');
    expect(lines[4]?.text).toContain(
      'Sarah Connor, number five five five, zero one two three, and the message is: My crown',
    );
    expect(lines[5]?.text).toContain('So that is Sara Connor,');
    expect(lines[6]).toMatchObject({
      tool: 'take-message',
      args: {
        name: 'Sara Connor',
        number: '5550123',
        message: expect.stringMatching(/^My crown came off .* come in$/),
      },
      text: 'Thank you, I have passed that on. Is there anything else I can help with?',
    });
    expect(lines[7]).toMatchObject({ tool: 'end-call', text: 'Thank you for calling Harbour Dental. Goodbye.' });
  });

  it('does not ask for what was said already', () => {
    const [line] = converse(receptionist, ["I'd like to book a cleaning for Thursday at three, my name is Tom Berger"]);
    expect(line?.text).toBe('What number can we reach you on?');
  });

  it('remembers a name that was given before', () => {
    const lines = converse(receptionist, ['Hi, this is Tom Berger', 'I would like to leave a message']);
    expect(lines[1]?.text).toBe('And what number can we reach you on?');
  });

  it('answers a question in the middle of a booking and goes on where it was', () => {
    const lines = converse(receptionist, ['I want to book an appointment', 'Is there parking?', 'Tom Berger']);
    expect(lines[1]?.text).toMatch(/car park behind the building.*What is your name\?$/);
    expect(lines[2]?.text).toBe('Which day would suit you?');
  });

  it('takes a number in pieces', () => {
    const lines = converse(receptionist, ['Can I leave a message?', 'Tom', 'five five five', 'oh one two three']);
    expect(lines[2]?.text).toBe('And the rest of the number?');
    expect(lines[3]?.text).toBe('What would you like me to pass on?');
  });

  it('changes a value that the caller names, and one that the caller says anew', () => {
    const booked = ['I want to book an appointment', 'Tom Berger', 'Tuesday', 'at ten', '555 0123'];
    expect(converse(receptionist, [...booked, 'no, change the number']).at(-1)?.text).toBe(
      'What number can we reach you on?',
    );
    expect(converse(receptionist, [...booked, 'no, the time is four']).at(-1)?.text).toContain('Tuesday, four,');
    expect(converse(receptionist, [...booked, 'no', 'the day should be Friday']).at(-1)?.text).toContain(
      'Friday, ten,',
    );
    expect(converse(receptionist, [...booked, 'no it is 555 0124']).at(-1)?.text).toContain('zero one two four');
  });

  it('does without what the caller will not say', () => {
    const lines = converse(receptionist, [
      'Can I leave a message?',
      'Tom',
      "I'd rather not say",
      'The bill is wrong',
      'yes',
    ]);
    expect(lines[3]?.text).toContain('number not given');
    expect(lines[4]?.args).toEqual({ name: 'Tom', message: 'The bill is wrong' });
  });

  it('takes the number the caller is calling from', () => {
    const lines = converse(receptionist, ['Can I leave a message?', 'Tom', 'this number', 'The bill is wrong']);
    expect(lines[3]?.text).toContain('number the one of this call');
  });

  it('passes on a dictated message when the caller says goodbye before confirming it', () => {
    const lines = converse(receptionist, [
      'Can I leave a message?',
      'Tom',
      '555 0123',
      'The bill is wrong',
      'okay bye bye',
    ]);
    expect(lines.at(-1)).toMatchObject({ tool: 'take-message', args: { message: 'The bill is wrong' } });
    expect(lines.at(-1)?.text).toMatch(/passed that on. Thank you for calling Harbour Dental. Goodbye.$/);
  });

  it('offers a message for what it does not know, and takes the question as the message', () => {
    const lines = converse(receptionist, [
      'Do you have gluten free toothpaste?',
      'yes please',
      'Ann',
      '555-0123',
      'yes',
    ]);
    expect(lines[0]?.text).toBe(receptionist.script.unknown);
    expect(lines.at(-1)?.args).toEqual({
      name: 'Ann',
      number: '5550123',
      message: 'Do you have gluten free toothpaste?',
    });
  });

  it('asks again when it heard nothing, then offers a message', () => {
    const lines = converse(receptionist, ['', 'uh']);
    expect(lines.map(({ text }) => text)).toEqual([receptionist.script.phrases.again, receptionist.script.unknown]);
  });

  it('says that it is an automated assistant and goes on', () => {
    const lines = converse(receptionist, ['Can I leave a message?', 'Are you a robot?']);
    expect(lines[1]?.text).toBe('I am an automated assistant. Certainly. Who is calling, please?');
  });

  it('repeats what it said last, the greeting included', () => {
    const lines = converse(receptionist, ['Sorry?', 'How much is whitening?', 'can you repeat that please']);
    expect(lines[0]?.text).toBe(`Of course. ${receptionist.greeting}`);
    expect(lines[2]?.text).toBe(`Of course. ${lines[1]?.text}`);
  });

  it('gives a task up when the caller does', () => {
    const lines = converse(receptionist, ['Can I leave a message?', 'never mind', 'how much is whitening']);
    expect(lines[1]?.text).toContain('All right, I will leave that.');
    expect(lines[2]?.text).toContain('three hundred dollars');
  });

  it('says so when a tool fails, and tries again', () => {
    const said = ['Can I leave a message?', 'Tom', '555 0123', 'The bill is wrong', 'yes', 'yes'];
    const lines = converse(receptionist, said, ['take-message']);
    expect(lines[4]?.text).toBe(receptionist.script.phrases.failed);
    expect(lines[5]?.args).toMatchObject({ message: 'The bill is wrong' });
  });
});

describe('an agent that leads the call', () => {
  it('notes a confirmation and ends the call', () => {
    const [line] = converse(reminder, ["Yes, I'll be there."]);
    expect(line).toMatchObject({ tool: 'take-message', args: { message: expect.stringContaining('Confirmed') } });
    expect(line?.text).toMatch(/Goodbye\.$/);
  });

  it('goes on to another task when the answer leads there', () => {
    const lines = converse(reminder, ["No, I can't make it.", 'Thursday afternoon', 'yes']);
    expect(lines[0]?.text).toBe('No problem. Which day would suit you better?');
    expect(lines[2]?.args).toMatchObject({ message: expect.stringContaining('Would like: Thursday, afternoon.') });
  });

  it('asks its first question again after a hello, and after a question', () => {
    const lines = converse(reminder, ['Hello?', 'Who is this?']);
    expect(lines[0]?.text).toBe('Will you be able to come?');
    expect(lines[1]?.text).toMatch(/^This is the automated assistant .* Will you be able to come\?$/);
  });

  it('asks its first question itself when the greeting did not', () => {
    const reply = reminder.brain.reply([{ type: 'agent', text: 'Hello, this is Harbour Dental.' }], 'Hello?');
    expect(reply.text).toBe('Will you be able to come?');
  });

  it('holds a survey and notes all answers', () => {
    const lines = converse(survey, [
      'Sure',
      'it was great',
      'five',
      'far too long',
      'definitely',
      'More coffee, please.',
    ]);
    expect(lines[1]?.text).toMatch(/^Please give me a number/);
    expect(lines.at(-1)?.args).toEqual({
      message:
        'Survey of a customer. Satisfaction: 5 of 5. Waiting: too long. Would recommend: yes. Better: More coffee, please',
    });
  });

  it('stops when asked to, and notes it', () => {
    const [line] = converse(survey, ["I'm not interested, take me off your list"]);
    expect(line).toMatchObject({
      tool: 'take-message',
      text: expect.stringMatching(/Sorry to have disturbed you.*Goodbye\.$/),
    });
  });
});

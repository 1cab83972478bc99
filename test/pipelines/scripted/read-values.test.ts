import { describe, expect, it } from 'vitest';
import { readChoice } from '../../../pipelines/scripted/reading/read-choice.ts';
import { isQuestion, readCommand, refuses } from '../../../pipelines/scripted/reading/read-command.ts';
import { readDate } from '../../../pipelines/scripted/reading/read-date.ts';
import { readDigits } from '../../../pipelines/scripted/reading/read-digits.ts';
import { readName } from '../../../pipelines/scripted/reading/read-name.ts';
import { readNumber } from '../../../pipelines/scripted/reading/read-number.ts';
import { speakValue } from '../../../pipelines/scripted/reading/read-slot.ts';
import { readTime } from '../../../pipelines/scripted/reading/read-time.ts';
import { readYesNo } from '../../../pipelines/scripted/reading/read-yes-no.ts';

describe('a phone number', () => {
  it.each([
    ['555-0123', '5550123'],
    ['It is 555 0123.', '5550123'],
    ['five five five oh one two three', '5550123'],
    ['Five, five, five. Zero, one, two, three.', '5550123'],
    ['five five five, o one double two', '5550122'],
    ['triple five zero one two three', '5550123'],
    ['(415) 555-0123', '4155550123'],
    ['plus one 415 555 0123', '+14155550123'],
    ['+44 20 7946 0958', '+442079460958'],
    ['one eight hundred five five five oh one nine nine', '18005550199'],
    ['fifty five fifty five oh one twenty three', '55550123'],
    ['five five five to one for two', '5552142'],
    ['555 dash 0123', '5550123'],
    ['My name is Tom and my number is 555-0123, thanks', '5550123'],
    ['call me at 415-555-0123 after 5', '4155550123'],
  ])('is read from "%s"', (said, digits) => {
    expect(readDigits(said)?.digits).toBe(digits);
  });

  it('is not read where none was said', () => {
    expect(readDigits('I would like to talk to you too')).toBeUndefined();
    expect(readDigits('oh I see')).toBeUndefined();
  });

  it.each([
    ['5550123', 'five five five, zero one two three'],
    ['4155550123', 'four one five, five five five, zero one two three'],
    ['14155550123', 'one, four one five, five five five, zero one two three'],
    ['+442079460958', 'plus four four two, zero seven nine, four six zero, nine five eight'],
  ])('%s is read back digit by digit', (number, spoken) => {
    expect(speakValue({ id: 'number', ask: '', kind: 'phone' }, number, '')).toBe(spoken);
  });
});

describe('a name', () => {
  it.each([
    ['Sara Connor', 'Sara Connor'],
    ['sara connor', 'Sara Connor'],
    ["It's Sara Connor.", 'Sara Connor'],
    ['My name is Juan de la Cruz', 'Juan de la Cruz'],
    ['Uh, this is Dr. Miller', 'Dr Miller'],
    ["Yes, it's O'Brien", "O'Brien"],
    ['Sara. S A R A.', 'Sara'],
    ['S-A-R-A', 'Sara'],
    ['Conner, C O N N O R', 'Connor'],
    ['Ann with an e', 'Anne'],
    ['Sarah without an h', 'Sara'],
    ['Jon with an h', 'John'],
    ['Sarah without an age', 'Sara'],
    ['Erica with a k', 'Erika'],
    ['Sara Connor and my number is 555', 'Sara Connor'],
    ['Anna-Lena Meyer', 'Anna-Lena Meyer'],
    ["that's Tom, T as in Tango, O, M", 'Tom'],
  ])('is read from "%s" when it was asked for', (said, name) => {
    expect(readName(said, true)).toBe(name);
  });

  it.each([
    'What are your opening hours?',
    'yes please',
    'I would like to know the price',
    '555 0123',
    'um',
    'why do you need that',
  ])('is not read from "%s"', (said) => {
    expect(readName(said, true)).toBeUndefined();
  });

  it.each([
    ['Hi, this is Sara Connor, I need an appointment', 'Sara Connor'],
    ["I'm Tom Berger and I want to book", 'Tom Berger'],
    ['my name is lee', 'Lee'],
    ["I'm calling about my bill", undefined],
    ["I'm in pain", undefined],
    ['It is urgent', undefined],
    ["I'm a new patient", undefined],
  ])('without being asked for: "%s"', (said, name) => {
    expect(readName(said, false)).toBe(name);
  });
});

describe('a day', () => {
  it.each([
    ['Thursday', 'Thursday'],
    ['next Thursday would be good', 'next Thursday'],
    ['on the fifth of May', 'the fifth of May'],
    ['May 5th', 'May 5th'],
    ['Monday or Tuesday', 'Monday or Tuesday'],
    ['Thursday the 5th of May please', 'Thursday the 5th of May'],
    ['the day after tomorrow', 'the day after tomorrow'],
    ['in two weeks', 'in two weeks'],
    ['as soon as possible', 'as soon as possible'],
    ['any day', 'any day'],
    ['wensday', 'Wednesday'],
  ])('is read from "%s"', (said, day) => {
    expect(readDate(said, true)?.value).toBe(day);
  });

  it('is not read from a name', () => {
    expect(readDate('Sara Connor', true)).toBeUndefined();
  });
});

describe('a time', () => {
  it.each([
    ['at three', 'three'],
    ['4.30', '4:30'],
    ['3:15 pm', '3:15 pm'],
    ['half past nine', 'half past nine'],
    ['ten in the morning', 'ten in the morning'],
    ['around noon', 'around noon'],
    ['in the afternoon', 'in the afternoon'],
    ['any time', 'any time'],
    ['after four', 'after four'],
    ['ten thirty', 'ten thirty'],
    ["three o'clock", "three o'clock"],
    ['I can do 9 a.m.', '9 a.m'],
  ])('is read from "%s"', (said, time) => {
    expect(readTime(said, true)?.value).toBe(time);
  });

  it('is not read from a sentence without one', () => {
    expect(readTime('I do not know yet', true)).toBeUndefined();
    expect(readTime('one of my teeth hurts', false)).toBeUndefined();
  });
});

describe('yes and no', () => {
  it.each([
    'yes',
    'Yeah.',
    'yep, sure',
    'that is right',
    "That's correct",
    'uh-huh',
    'of course',
    'please do',
    'I will',
    'go ahead',
    'no problem',
    "no no that's right",
    'sounds good',
    'I guess so',
    'okay',
    'perfect',
    "I'll be there",
    'why not',
  ])('"%s" is yes', (said) => {
    expect(readYesNo(said)).toBe(true);
  });

  it.each([
    'no',
    'Nope.',
    'not really',
    "I can't",
    "I don't think so",
    "that's wrong",
    'no thank you',
    "I'm afraid not",
    'not today',
    "I won't be able to",
    'unfortunately I have to work',
    "that's not right",
  ])('"%s" is no', (said) => {
    expect(readYesNo(said)).toBe(false);
  });

  it.each(['Thursday', 'what do you mean', 'Sara Connor', "I'm busy right now", 'please remove me from the list', ''])(
    '"%s" is neither',
    (said) => {
      expect(readYesNo(said)).toBeUndefined();
    },
  );
});

describe('a number on a scale', () => {
  it.each([
    ['four', 4],
    ["I'd say a 5", 5],
    ['nine out of ten', 9],
    ['ate', 8],
    ['for', 4],
    ['three and a half', 3.5],
    ['4.5', 4.5],
    ['zero', 0],
  ])('"%s" is %d', (said, value) => {
    expect(readNumber(said)).toBe(value);
  });

  it('is not read where none was said', () => {
    expect(readNumber('it was good')).toBeUndefined();
  });
});

describe('a choice', () => {
  const choices = ['short', 'acceptable', 'too long'];
  it.each([
    ['it was too long', 'too long'],
    ['exceptable', 'acceptable'],
    ['the first one', 'short'],
    ['quite short actually', 'short'],
    ['far too long I would say', 'too long'],
  ])('"%s" is %s', (said, choice) => {
    expect(readChoice(said, choices)).toBe(choice);
  });

  it('is not read where none or several were said', () => {
    expect(readChoice('short or acceptable', choices)).toBeUndefined();
    expect(readChoice('I was on the phone', choices)).toBeUndefined();
  });
});

describe('commands', () => {
  it.each([
    ['Are you a real person?', 'robot'],
    ['Can I speak to a human please', 'human'],
    ['could you speak slower please', 'repeat'],
    ['What?', 'repeat'],
    ["I didn't catch that", 'repeat'],
    ['hang on a second', 'wait'],
    ['let me check my calendar', 'wait'],
    ['never mind', 'drop'],
    ['Okay, goodbye', 'goodbye'],
    ['thanks, have a nice day', 'goodbye'],
    ["no that's all", 'done'],
    ['thank you very much', 'thanks'],
    ['good morning', 'hello'],
    ['can you hear me', 'hello'],
    ['how are you doing', 'how-are-you'],
  ])('"%s" is %s', (said, command) => {
    expect(readCommand(said)).toBe(command);
  });

  it.each([
    'my crown fell off',
    'I want to book a visit',
    'please tell her I said goodbye to my tooth',
    'the waiting room is cold',
  ])('"%s" is none', (said) => {
    expect(readCommand(said)).toBeUndefined();
  });

  it('knows a refusal and a question', () => {
    expect(refuses("I'd rather not say")).toBe(true);
    expect(refuses('Sara')).toBe(false);
    expect(isQuestion('where are you')).toBe(true);
    expect(isQuestion('my name is Tom')).toBe(false);
  });
});

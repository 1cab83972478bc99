import { describe, expect, it } from 'vitest';
import { backchannelsOf, isAtQuestion, isBackchannel } from '../../../src/worker/conversation/backchannel-guard.ts';

describe('isBackchannel', () => {
  const english = backchannelsOf('en-GB');

  it.each(['Uh-huh.', 'Mm-hmm.', 'mhm', 'Yeah.', 'Yeah, yeah, okay.', 'Okay. Right.', 'I see.', 'All right, got it.'])(
    'takes %j for a sign of listening',
    (said) => expect(isBackchannel(said, english)).toBe(true),
  );

  it.each([
    'Wait, stop.',
    'No.',
    'Yeah, but wait.',
    'Okay?',
    'Right?',
    'Right now.',
    'I see a problem.',
    'Stop',
    '',
    '…',
  ])('takes %j for words that are meant', (said) => expect(isBackchannel(said, english)).toBe(false));

  it('knows the words of other languages, and none of a language it does not know', () => {
    expect(isBackchannel('Ja, genau.', backchannelsOf('de-DE'))).toBe(true);
    expect(isBackchannel("D'accord.", backchannelsOf('fr'))).toBe(true);
    expect(isBackchannel('Oké.', backchannelsOf('nl-NL'))).toBe(true);
    expect(isBackchannel('Nein.', backchannelsOf('de'))).toBe(false);
    expect(isBackchannel('okay', backchannelsOf('ja'))).toBe(false);
  });

  it('goes by the words of the agent file where it has any', () => {
    expect(isBackchannel('Roger that', backchannelsOf('en', ['roger that']))).toBe(true);
    expect(isBackchannel('Yeah.', backchannelsOf('en', []))).toBe(false);
  });
});

describe('isAtQuestion', () => {
  const text = 'We have a table at seven. Shall I book it for you? You can also call us again tomorrow morning.';
  const heard = (until: string) => text.slice(0, text.indexOf(until));

  it('is true from the last words of a question to the first after it', () => {
    expect(isAtQuestion(text, heard('for you'))).toBe(true);
    expect(isAtQuestion(text, heard(' You can'))).toBe(true);
    expect(isAtQuestion(text, heard('also'))).toBe(true);
  });

  it('is false anywhere else', () => {
    expect(isAtQuestion(text, heard('at seven'))).toBe(false);
    expect(isAtQuestion(text, heard('again'))).toBe(false);
  });
});

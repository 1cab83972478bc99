import { expect, test } from 'vitest';
import { standardLanguages, standardSentences } from '../../../src/agent-files/standard-sentences.ts';
import type { CallEvent, CallEventType } from '../../../src/calls/call.ts';
import { formalitiesOf, readAnswer } from '../../../src/worker/recording/consent.ts';
import { anAgent } from '../an-agent.ts';

const event = (type: CallEventType, data: Record<string, unknown> = {}): CallEvent => ({
  callId: 'call_1',
  sequence: 1,
  type,
  at: new Date(0),
  data,
});

test.each([
  ['en-US', 'Yes, please.', 'yes'],
  ['en-US', 'Sure, go ahead!', 'yes'],
  ['en-US', 'Yeah no problem', 'yes'],
  ['en-US', 'No.', 'no'],
  ['en-US', 'I am not sure', 'no'],
  ['en-US', 'yes, no, rather not', 'no'],
  ['en-US', 'Please don’t.', 'no'],
  ['en-US', 'What did you say?', 'unclear'],
  ['en-US', 'I know nothing of yesterday', 'unclear'],
  ['de-DE', 'Ja, gerne', 'yes'],
  ['de-DE', 'Kein Problem', 'yes'],
  ['de-DE', 'Nein, lieber nicht', 'no'],
  ['fr-FR', "D'accord.", 'yes'],
  ['fr-FR', 'Non merci', 'no'],
  ['es-MX', 'Sí, claro', 'yes'],
  ['es-MX', 'No hay problema', 'yes'],
  ['it-IT', 'Preferirei di no', 'no'],
  ['nl-NL', 'Dat mag', 'yes'],
  ['pt-BR', 'Não', 'no'],
])('in %s "%s" is %s', (language, words, answer) => {
  expect(readAnswer(words, anAgent({ language }))).toBe(answer);
});

test('an agent brings its own words for a language that has none', () => {
  const recording = { consent: 'ask' as const, text: 'Saako puhelun nauhoittaa?', yes: ['kyllä'], no: ['ei'] };
  const agent = anAgent({ language: 'fi', recording });
  expect([readAnswer('Kyllä!', agent), readAnswer('Ei', agent)]).toEqual(['yes', 'no']);
});

test.each(standardLanguages)('the standard words of %s are told apart', (language) => {
  const { yes, no } = standardSentences(language)!;
  for (const word of yes) expect(readAnswer(word, anAgent({ language })), word).toBe('yes');
  for (const word of no) expect(readAnswer(word, anAgent({ language })), word).toBe('no');
});

test('an agent without `recording` records nothing and says nothing', () => {
  expect(formalitiesOf(anAgent(), undefined)).toMatchObject({
    consent: 'refused',
    notice: undefined,
    question: undefined,
  });
});

test('what has to be said is said in the language of the agent, first of all', () => {
  const agent = anAgent({ language: 'de', disclosure: true, recording: { consent: 'announce' } });
  expect(formalitiesOf(agent, undefined)).toMatchObject({
    consent: 'given',
    notice: 'Sie sprechen mit einem automatischen Assistenten. Dieses Gespräch wird aufgezeichnet.',
  });
});

test('another session does not announce again, and records who agreed only', () => {
  const announces = anAgent({ recording: { consent: 'announce' } });
  expect(formalitiesOf(announces, [event('call.disclosed')])).toMatchObject({ consent: 'given', notice: undefined });
  expect(formalitiesOf(announces, [event('call.answered')]).notice).toBe('This call is recorded.');
  const asks = anAgent({ recording: { consent: 'ask' } });
  const answered = (answer: string) => formalitiesOf(asks, [event('recording.consent', { answer })]).consent;
  expect([answered('yes'), answered('no'), answered('unclear')]).toEqual(['given', 'refused', 'refused']);
  expect(formalitiesOf(asks, [event('call.answered')])).toMatchObject({ consent: 'refused', question: undefined });
  expect(formalitiesOf(asks, undefined)).toMatchObject({ consent: 'to_be_asked' });
});

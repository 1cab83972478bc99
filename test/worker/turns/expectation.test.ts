import { expect, it } from 'vitest';
import { type Asks, type Expected, expectationOf } from '../../../src/worker/turns/expectation.ts';
import { scriptSchema } from '../../../pipelines/index.ts';

const nothing = { tools: [], language: 'en-US' } satisfies Asks;

it.each<[string, Partial<Expected>]>([
  ['How can I help you?', { kind: 'open', yesOrNo: false }],
  ['Thank you for calling Harbour Dental.', { kind: 'open', yesOrNo: false }],
  ['', { kind: 'open', yesOrNo: false }],
  ['What is your phone number?', { kind: 'telephone_number', yesOrNo: false }],
  ['What number can we reach you on?', { kind: 'telephone_number' }],
  ['May I have your phone number?', { kind: 'telephone_number', yesOrNo: true }],
  ['Please tell me your telephone number.', { kind: 'telephone_number' }],
  ['What is your phone number? Take your time.', { kind: 'telephone_number' }],
  ['Our phone number is 555 0100.', { kind: 'open' }],
  ['What is the number on your card?', { kind: 'card' }],
  ['Could you read me your credit card number, please?', { kind: 'card', yesOrNo: true }],
  ['What is the four-digit code?', { kind: 'digits', digits: 4 }],
  ['Please say your 6 digit PIN.', { kind: 'digits', digits: 6 }],
  ['What is your order number?', { kind: 'digits' }],
  ['What is your e-mail address?', { kind: 'email' }],
  ['And your email?', { kind: 'email' }],
  ['What is your address?', { kind: 'address' }],
  ['What is your name?', { kind: 'name' }],
  ['Certainly. Who is calling, please?', { kind: 'name' }],
  ['How do you spell that?', { kind: 'name' }],
  ['Would you like me to?', { kind: 'yes_no', yesOrNo: true }],
  ['So that is Tuesday at ten. Is that right?', { kind: 'yes_no', yesOrNo: true }],
  ['You are open to that, correct?', { kind: 'yes_no', yesOrNo: true }],
  ['Would you prefer the morning or the afternoon?', { kind: 'open', yesOrNo: false }],
  ['Which day would suit you?', { kind: 'open', yesOrNo: false }],
])('after %j', (question, expected) => {
  expect(expectationOf(question, nothing)).toMatchObject(expected);
});

it.each<[string, string, Expected['kind']]>([
  ['de', 'Wie ist Ihre Telefonnummer?', 'telephone_number'],
  ['de', 'Unter welcher Nummer können wir Sie erreichen?', 'telephone_number'],
  ['de', 'Ist das richtig?', 'yes_no'],
  ['de', 'Wie ist Ihr Name?', 'name'],
  ['de', 'Passt Ihnen Montag oder Dienstag?', 'open'],
  ['fr', 'Quel est votre numéro de téléphone ?', 'telephone_number'],
  ['fr', 'Est-ce que cela vous convient ?', 'yes_no'],
  ['fr', 'Quel est votre nom ?', 'name'],
  ['es', '¿Cuál es su número de teléfono?', 'telephone_number'],
  ['es', '¿Es correcto?', 'yes_no'],
  ['es', '¿Cuál es su correo electrónico?', 'email'],
  ['it', 'Qual è il suo numero di telefono?', 'telephone_number'],
  ['it', 'Va bene?', 'yes_no'],
  ['it', 'Qual è il suo indirizzo?', 'address'],
  ['pt-BR', 'Qual é o seu telefone?', 'telephone_number'],
  ['pt-BR', 'Está certo?', 'yes_no'],
  ['pt-BR', 'Qual é o seu nome?', 'name'],
  ['nl', 'Wat is uw telefoonnummer?', 'telephone_number'],
  ['nl', 'Klopt dat?', 'yes_no'],
  ['nl', 'Wat is uw adres?', 'address'],
  ['ja', 'お電話番号をお願いします？', 'open'],
])('in %s, after %j', (language, question, kind) => {
  expect(expectationOf(question, { tools: [], language }).kind).toBe(kind);
});

const script = scriptSchema.parse({
  tasks: [
    {
      id: 'message',
      examples: ['take a message', 'leave a message'],
      slots: [
        { id: 'who', ask: 'Wem darf ich das ausrichten, {{title}} ?', kind: 'name' },
        { id: 'number', ask: 'And where do we find you?', kind: 'phone', retry: 'Digit by digit, please.' },
        { id: 'sure', ask: 'Sure.', kind: 'yes_no' },
        { id: 'what', ask: 'What is your e-mail address?', kind: 'text' },
      ],
      confirm: 'So that is {{who}}, {{number}}.',
      done: 'Thank you.',
    },
  ],
});

it.each<[string, Expected['kind']]>([
  ['And where do we find you?', 'telephone_number'],
  ['Sorry, I did not catch that. Digit by digit, please.', 'telephone_number'],
  ['wem darf ich das ausrichten, Frau Doktor ?', 'name'],
  ['Thank you. Sure.', 'yes_no'],
  ['So that is Ann, 5 5 5.', 'yes_no'],
  ['What is your e-mail address?', 'email'],
  ['Where do we find you, and when?', 'open'],
])('a script says what it asks for: %j', (question, kind) => {
  expect(expectationOf(question, { ...nothing, script }).kind).toBe(kind);
});

it('takes "your number" for that of a telephone where a tool wants one', () => {
  const question = 'What was your number again?';
  expect(expectationOf(question, nothing).kind).toBe('open');
  expect(expectationOf(question, { ...nothing, tools: ['take-message'] }).kind).toBe('telephone_number');
});

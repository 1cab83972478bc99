import { describe, expect, test } from 'vitest';
import { afterScreening, AnsweringMachineDetector } from '../../telephony/answering-machine.ts';

type Utterance = { text: string; language?: string; seconds?: number };

/** Somebody answers and says this after a second; a beep may follow. Answers what is known when all was silent for a while. */
function answered(
  { text, language = 'en-US', seconds = text.split(' ').length / 2.6 }: Utterance,
  { beep = false, silentSeconds = 8 } = {},
) {
  const detector = new AnsweringMachineDetector(language);
  const endMs = 1_000 + seconds * 1000;
  const found = [];
  if (text) {
    detector.speech(true, 1_000);
    const words = text.split(' ');
    for (let count = 3; count < words.length; count += 3) {
      detector.words(words.slice(0, count).join(' '), { final: false });
      found.push(detector.look(1_000 + (count / words.length) * seconds * 1000));
    }
    detector.speech(false, endMs + 500);
    detector.words(text, { final: true });
  }
  if (beep) detector.beep(endMs + 1_400);
  for (let atMs = endMs; atMs < endMs + silentSeconds * 1000; atMs += 200) found.push(detector.look(atMs));
  return found.find(Boolean);
}

describe('a person', () => {
  test.each<Utterance>([
    { text: 'Hello?' },
    { text: 'Yes?' },
    { text: 'Hello? Who is this?' },
    { text: 'Smith residence, this is John speaking, who is this please?' },
    { text: "You've reached the Smith residence, this is John, what can I do for you today my friend?" },
    { text: "Good morning, Doctor Miller's office, Susan speaking, how may I help you?" },
    {
      text: 'Good morning, this is the front desk of the Grand Hotel, my name is Maria, thank you for calling us today.',
    },
    { text: 'He is not available right now, can I take a message?' },
    { text: "She's not in the office, would you like to leave a message on her voicemail?" },
    { text: "I'm sorry, he can't come to the phone, who's calling please?" },
    { text: "I can't take a call right now, I'm driving." },
    { text: "Sorry, I can't take your call right now, I'll call you back." },
    { text: "I'm not able to talk, I'm driving. I'll get back to you this evening." },
    { text: "Dr. Smith is not available right now, she'll call you back." },
    { text: "I'm away from my desk, I can't take this now." },
    { text: 'Please leave me a message on WhatsApp.' },
    { text: 'Just leave me a message via text, I never listen to the other ones.' },
    { text: 'You can leave your name and number with me.' },
    { text: 'If you leave your name and number I can pass it on to him.' },
    { text: "He's on another call, please hold." },
    { text: 'The person you are calling is on another call, please hold.' },
    { text: 'Could you tell me your name and what it is about? I will see if she is available.' },
    { text: 'Ich bin gerade nicht da, ich bin nicht zu Hause.', language: 'de-DE' },
    { text: 'One moment please, let me get her, she will be right here.' },
    { text: 'Hang on. Mum! Somebody on the phone for you! I think it is the doctor, come quickly!' },
    {
      text: 'Listen, I have told you people a hundred times that I am not buying anything and that you must not call again.',
    },
    { text: "Yes I'm John, and Tuesday I am not available at all, what about Wednesday?" },
    { text: 'Was kann ich für Sie tun?', language: 'de-DE' },
    { text: 'Müller, guten Tag, wer ist da bitte?', language: 'de-DE' },
    { text: 'Allô oui, qui est à l’appareil ?', language: 'fr-FR' },
    { text: '¿Dígame? ¿Quién es?', language: 'es-ES' },
    { text: '' },
  ])('who says "$text" is none', (utterance) => {
    expect(answered(utterance)).toBeUndefined();
  });

  test('whose phone beeps while they say hello is none', () => {
    expect(answered({ text: 'Hello?' }, { beep: true })).toBeUndefined();
  });
});

describe('a machine', () => {
  test.each<[string, Utterance]>([
    ['voicemail', { text: "Hi, you've reached Bob. I can't come to the phone right now, so leave me a message." }],
    ['voicemail', { text: 'Please leave your name and number after the tone.' }],
    ['voicemail', { text: 'Your call has been forwarded to an automated voice messaging system.' }],
    [
      'voicemail',
      { text: 'The person you are trying to reach is not available. At the tone, please record your message.' },
    ],
    ['voicemail', { text: "Hello? Hello? Ha, gotcha, I'm not here, talk after the beep." }],
    ['voicemail', { text: 'The mailbox is full and cannot accept any messages at this time. Goodbye.' }],
    [
      'voicemail',
      { text: 'Thanks for calling Miller Plumbing. We are away from the office this week and will call you back.' },
    ],
    ['menu', { text: 'Thank you for calling Acme. For sales, press one. For support, press two.' }],
    ['announcement', { text: 'The number you have dialed is not in service. Please check the number and dial again.' }],
    ['voicemail', { text: 'Bitte hinterlassen Sie eine Nachricht nach dem Signalton.', language: 'de-DE' }],
    ['voicemail', { text: 'Vous êtes bien chez Paul, laissez un message après le bip sonore.', language: 'fr-FR' }],
    ['voicemail', { text: 'Deje su mensaje después de la señal.', language: 'es-MX' }],
    [
      'voicemail',
      { text: 'Risponde la segreteria telefonica, lasciate un messaggio dopo il segnale acustico.', language: 'it-IT' },
    ],
    ['voicemail', { text: 'Spreek een bericht in na de piep.', language: 'nl-NL' }],
    ['voicemail', { text: 'Deixe seu recado após o sinal.', language: 'pt-BR' }],
  ])('is a %s', (kind, utterance) => {
    expect(answered(utterance)).toMatchObject({ kind, text: expect.stringContaining(utterance.text.slice(0, 8)) });
  });

  test.each<Utterance>([
    { text: "Hi, if you record your name and reason for calling, I'll see if this person is available." },
    { text: 'If you record your name and reason for calling, I will see if this person is available' },
    {
      text: "Hi, the person you're calling is using a screening service from Google, and will get a copy of this conversation. Go ahead and say your name, and why you're calling.",
    },
    { text: 'Please state your name and the reason for your call.' },
    { text: 'Please say your name after the tone and we will try to connect you.' },
    { text: 'Before I connect you, please tell me your name and why you are calling.' },
    { text: 'Bitte nennen Sie Ihren Namen und den Grund Ihres Anrufs.', language: 'de-DE' },
    { text: 'Por favor diga su nombre y el motivo de su llamada.', language: 'es-ES' },
  ])('screens the call with "$text"', (utterance) => {
    expect(answered(utterance)).toMatchObject({ kind: 'screening' });
  });

  test.each<Utterance>([
    { text: 'State your name and the reason for your call after the tone and we will get back to you.' },
    { text: "Please leave your name and reason for calling and I'll call you back." },
    { text: "Hi, it's Ann. I'm not available, please say your name and why you are calling after the beep." },
  ])('that asks for a reason and takes a message is a voicemail: "$text"', (utterance) => {
    expect(answered(utterance)).toMatchObject({ kind: 'voicemail' });
  });

  test.each([
    ['Thanks. Stay on the line.', 'screening'],
    ['Thank you.', 'screening'],
    ['Please hold while I see if this person is available.', 'screening'],
    ["This person can't take your call right now.", 'screening'],
    ['Please leave a message after the tone.', 'voicemail'],
    ['Hello?', 'person'],
    ['Hi, this is Ann. What is it about?', 'person'],
    ['Yes, I am coming on Tuesday.', 'person'],
  ])('that screened is followed in "%s" by: %s', (text, who) => {
    expect(afterScreening(text, 'en-US')).toBe(who);
  });

  test('that says little of use is known by its beep', () => {
    expect(answered({ text: 'You have reached the Millers.' })).toBeUndefined();
    expect(answered({ text: 'You have reached the Millers.' }, { beep: true })).toMatchObject({ kind: 'voicemail' });
    expect(
      answered({ text: 'Tervetuloa, emme ole juuri nyt kotona, mutta palaamme pian takaisin.' }, { beep: true }),
    ).toMatchObject({
      kind: 'voicemail',
    });
    expect(answered({ text: '' }, { beep: true, silentSeconds: 10 })).toMatchObject({ kind: 'voicemail' });
  });

  test('is known while it still speaks', () => {
    const detector = new AnsweringMachineDetector('en-US');
    detector.speech(true, 900);
    detector.words('if you would like please record your', { final: false });
    expect(detector.look(3_000)).toBeUndefined();
    detector.words('if you would like please record your message when you', { final: false });
    expect(detector.look(3_400)).toMatchObject({ kind: 'voicemail' });
  });
});

test('what is said later in the call is not taken for a greeting', () => {
  const detector = new AnsweringMachineDetector('en-US');
  detector.speech(true, 800);
  detector.speech(false, 1_900);
  detector.words('Hello?', { final: true });
  expect(detector.look(3_500)).toBeUndefined();
  detector.speech(true, 9_000);
  detector.words("I'm not available then. Just leave a message on my voicemail.", { final: true });
  detector.speech(false, 13_000);
  expect(detector.look(16_000)).toBeUndefined();
});

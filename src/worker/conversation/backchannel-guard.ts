import { stt, voice } from '@livekit/agents';
import type { Log } from '../../telemetry/logger.ts';
import type { CallAudioOutput } from '../sound/audio-output.ts';
import { safely } from '../safely.ts';
import { resumePaused } from './sdk-pins.ts';

/** What people say to show that they listen, by language. */
const backchannels: Readonly<Record<string, string>> = {
  en: 'mm hmm, mm hm, mhmm, mhm, hmm, hm, mmm, mm, uh huh, aha, ah, oh, yeah, yep, yup, yes, okay, ok, all right, alright, right, sure, i see, got it, great, good, fine',
  de: 'mm hm, mhm, hmm, hm, aha, ah, ach so, achso, ja, jo, okay, ok, genau, gut, klar',
  fr: 'mm hm, mhm, hmm, hm, ah, oui, ouais, okay, ok, d accord, bien, je vois',
  es: 'mm hm, mhm, hmm, aja, ajá, ah, sí, si, okay, ok, vale, claro, bueno, ya',
  it: 'mm hm, mhm, hmm, ah, sì, si, okay, ok, certo, va bene, capito, bene',
  pt: 'mm hm, mhm, hmm, ah, sim, okay, ok, certo, tá, tá bom, claro, entendi',
  nl: 'mm hm, mhm, hmm, ah, ja, okay, ok, oké, precies, goed, prima',
};

/** Words that are not meant to interrupt: those of the agent file, or else of its language; none where it is not known. */
export function backchannelsOf(language: string, own?: readonly string[]): readonly string[] {
  return own ?? backchannels[language.toLowerCase().split('-')[0] ?? '']?.split(', ') ?? [];
}

/** Whether a caller said nothing but such words. A question never is one. */
export function isBackchannel(said: string, words: readonly string[]): boolean {
  if (said.includes('?')) return false;
  let rest = bare(said);
  const phrases = words.map(bare).sort((one, other) => other.length - one.length);
  while (rest) {
    const phrase = phrases.find((each) => each && (rest === each || rest.startsWith(`${each} `)));
    if (!phrase) return false;
    rest = rest.slice(phrase.length).trimStart();
  }
  return bare(said) !== '';
}

function bare(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Mark}\p{Number}]+/gu, ' ')
    .trim();
}

/** A question mark this near to what was heard last makes a yes its answer, characters before and after. */
const questionReach = { before: 12, after: 24 };

/** Whether the agent is at a question, when so much of its text was heard. */
export function isAtQuestion(text: string, heard: string): boolean {
  const from = Math.max(0, heard.length - questionReach.before);
  return text.slice(from, heard.length + questionReach.after).includes('?');
}

/**
 * Keeps "uh-huh" and "okay" from ending what the agent is saying. Sound of the caller makes the agent pause at once, and
 * the words decide: such a word is kept from the SDK, which would end the speech and answer it, and the agent goes on as
 * soon as the caller is silent. Anything else interrupts. At a question of the agent, a yes is its answer.
 *
 * Returns what every event of the recogniser is asked: whether it goes on to the SDK.
 */
export function guardBackchannels({
  session,
  output,
  words,
  log,
}: {
  session: voice.AgentSession;
  output: Pick<CallAudioOutput, 'isSpeaking' | 'wordsOfSegment' | 'wordsHeard' | 'hurry'>;
  words: readonly string[];
  log: Log;
}): (event: stt.SpeechEvent) => boolean {
  /** What is known of what the caller says right now. */
  let said: 'nothing' | 'backchannel' | 'words' = 'nothing';

  const goOn = () => {
    if (said === 'backchannel' && session.userState !== 'speaking') resumePaused(session);
  };
  const onUserState = safely({ name: 'backchannel.userState', log }, ({ newState }: voice.UserStateChangedEvent) => {
    if (newState === 'speaking') said = 'nothing';
    // The SDK arms its own, longer wait right after this event.
    else setImmediate(safely({ name: 'backchannel.goOn', log }, goOn));
  });
  const onResumed = safely({ name: 'backchannel.resumed', log }, ({ resumed }: voice.AgentFalseInterruptionEvent) => {
    if (resumed) output.hurry();
  });
  session.on(voice.AgentSessionEventTypes.UserStateChanged, onUserState);
  session.on(voice.AgentSessionEventTypes.AgentFalseInterruption, onResumed);

  /** The agent can be heard, or could until the caller made it pause. */
  const isOverAgent = () => {
    const speech = session._activity?.currentSpeech;
    return Boolean(speech && !speech.interrupted && !speech.done() && speech.allowInterruptions && output.isSpeaking);
  };
  const { INTERIM_TRANSCRIPT, PREFLIGHT_TRANSCRIPT, FINAL_TRANSCRIPT } = stt.SpeechEventType;
  return ({ type, alternatives }) => {
    if (type !== INTERIM_TRANSCRIPT && type !== PREFLIGHT_TRANSCRIPT && type !== FINAL_TRANSCRIPT) return true;
    const text = alternatives?.[0].text ?? '';
    if (!isBackchannel(text, words) || !isOverAgent() || isAtQuestion(output.wordsOfSegment, output.wordsHeard())) {
      if (text.trim()) said = 'words';
      return true;
    }
    said = 'backchannel';
    if (type === FINAL_TRANSCRIPT) log('debug', 'the caller only shows that they listen; the agent goes on');
    safely({ name: 'backchannel.goOn', log }, goOn)();
    return false;
  };
}

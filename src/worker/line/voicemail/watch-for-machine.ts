import { setTimeout as sleep } from 'node:timers/promises';
import type { voice } from '@livekit/agents';
import { AnsweringMachineDetector, type MachineFound } from '../../../../telephony/index.ts';
import type { VoicemailRule } from '../../../calls/place/voicemail.ts';
import type { Log } from '../../../telemetry/logger.ts';
import type { CallAudioInput } from '../../sound/audio-input.ts';
import type { CallLog } from '../../call/call-log.ts';
import type { Conversation } from '../../conversation/conversation.ts';
import type { Ending } from '../../call/ending.ts';
import { playedOut } from '../../sound/played-out.ts';
import { type PreparedSpeech, sayPrepared } from '../../sound/prepare-speech.ts';
import { safely } from '../../safely.ts';
import { awaitBeep } from './await-beep.ts';
import { hearLine } from './line-ear.ts';

/** Who is not found to be a machine by then is a person. */
const watchSeconds = 40;
const lookEveryMs = 200;
/** Between the end of the beep and the first word: machines begin to record a little late. */
const afterBeepMs = 300;
/** A message that is not spoken by then is cut. */
const longestMessageMs = 180_000;

export type MachineWatch = {
  session: voice.AgentSession;
  input: CallAudioInput;
  conversation: Pick<Conversation, 'meetMachine'>;
  rule: VoicemailRule;
  /** Spoken into memory before the phone rang. */
  message: PreparedSpeech | undefined;
  language: string;
  record: Pick<CallLog, 'add'>;
  ending: Ending;
  log: Log;
};

/**
 * Finds out whether a machine answered, while the agent speaks as it would to a person, and does what the rule of the call
 * says when one did. Returns what stops it.
 */
export function watchForMachine(watch: MachineWatch): () => void {
  const { session, input, language, log } = watch;
  const detector = new AnsweringMachineDetector(language);
  const answeredMs = performance.now();
  const sinceAnswer = () => performance.now() - answeredMs;
  let beepMs: number | undefined;

  const look = safely({ name: 'machine.look', log }, () => {
    const found = detector.look(sinceAnswer());
    if (found) {
      stop();
      const beepAlready = beepMs !== undefined && sinceAnswer() - beepMs < lookEveryMs;
      void meet(watch, { found, afterMs: Math.round(sinceAnswer()), beepAlready });
    } else if (sinceAnswer() > watchSeconds * 1000) stop();
  });
  const stopHearing = hearLine(
    { session, input, log },
    {
      speech: (speaking) => detector.speech(speaking, sinceAnswer()),
      words: (text, final) => {
        detector.words(text, { final });
        look();
      },
      beep: () => {
        beepMs = sinceAnswer();
        detector.beep(beepMs);
        look();
      },
    },
  );
  const timer = setInterval(look, lookEveryMs);
  const stop = () => {
    clearInterval(timer);
    stopHearing();
  };
  return stop;
}

type Meeting = { found: MachineFound; afterMs: number; beepAlready: boolean };

async function meet(watch: MachineWatch, { found, afterMs, beepAlready }: Meeting): Promise<void> {
  const { rule, message, record, ending, conversation, log } = watch;
  if (ending.cause) return;
  const { kind, text } = found;
  const tell = (data: Record<string, unknown>) =>
    record.add({ events: [{ type: 'call.machine_detected', data: { ...data, after_ms: afterMs } }] });
  tell({ kind, rule: found.rule, text, action: rule.action });
  log('info', 'a machine answered', { kind, rule: found.rule, action: rule.action });
  if (rule.action === 'continue') return;
  const hangUp = () => void ending.decide({ reason: 'voicemail_hung_up', hungUpBy: 'agent' });
  if (rule.action === 'hang_up' || !message || kind === 'menu') return hangUp();
  const release = conversation.meetMachine();
  try {
    const { session, input, language } = watch;
    const how = await awaitBeep({
      hear: (on) => hearLine({ session, input, log }, on),
      language,
      speaking: session.userState === 'speaking',
      beepAlready,
      signal: ending.signal,
    });
    if (how === 'stopped') return;
    if (how === 'person') {
      tell({ kind: 'person', rule: 'spoke while the beep was awaited', text: '', action: 'continue' });
      return release();
    }
    // An announcement of the carrier that ends without a beep records nothing.
    if (how === 'too_long' || (how === 'silence' && kind === 'announcement')) return hangUp();
    await leave(watch, message);
  } catch (error) {
    if (!ending.cause) log('error', 'the message could not be left', { error });
    hangUp();
  }
}

async function leave({ session, ending }: MachineWatch, message: PreparedSpeech): Promise<void> {
  await sleep(afterBeepMs, undefined, { signal: ending.signal });
  const speech = sayPrepared(session, message, { allowInterruptions: false });
  await playedOut(speech, { longestMs: longestMessageMs, ending });
  ending.decide({ reason: 'voicemail_message_left', hungUpBy: 'agent', polite: true });
}

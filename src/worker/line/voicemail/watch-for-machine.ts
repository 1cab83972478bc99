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
import { hearLine, type LineEvents } from './line-ear.ts';
import { type AfterScreening, passScreening } from './pass-screening.ts';

/** Who is not found to be a machine by then is a person. */
const watchSeconds = 40;
const lookEveryMs = 200;
/** Between the end of the beep and the first word: machines begin to record a little late. */
const afterBeepMs = 300;
/** A message or an introduction that is not spoken by then is cut. */
const longestSpeechMs = 180_000;

export type MachineWatch = {
  session: voice.AgentSession;
  input: CallAudioInput;
  conversation: Pick<Conversation, 'meetMachine'>;
  rule: VoicemailRule;
  /** Spoken into memory before the phone rang. */
  message: PreparedSpeech | undefined;
  /** Who calls and why, for a phone that screens its calls. */
  introduction: string;
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

/** Does what the rule of the call says, but lets a phone that screens its calls fetch its owner first. */
async function meet(watch: MachineWatch, meeting: Meeting): Promise<void> {
  const { rule, ending, conversation, log } = watch;
  if (ending.cause) return;
  const { found } = meeting;
  const screened = found.kind === 'screening';
  tell(watch, meeting, { ...found, action: screened ? 'introduce' : rule.action });
  if (!screened && rule.action === 'continue') return;
  if (!screened && !canLeaveMessage(watch, found.kind)) return hangUp(watch);
  const release = conversation.meetMachine();
  try {
    const who = screened ? await introduce(watch, meeting) : 'voicemail';
    if (who === 'stopped') return;
    if (who === 'person' || (who === 'voicemail' && rule.action === 'continue')) return release();
    if (who === 'nobody' || !watch.message) return hangUp(watch);
    const how = await machineRecords(watch, meeting);
    if (how === 'stopped') return;
    if (how === 'person') {
      tell(watch, meeting, { kind: 'person', rule: 'spoke while the beep was awaited', text: '', action: 'continue' });
      return release();
    }
    // An announcement of the carrier that ends without a beep records nothing.
    if (how === 'too_long' || (how === 'silence' && found.kind === 'announcement')) return hangUp(watch);
    await leave(watch, watch.message);
  } catch (error) {
    if (!ending.cause) log('error', 'the machine could not be spoken to', { error });
    hangUp(watch);
  }
}

const canLeaveMessage = ({ rule, message }: MachineWatch, kind: MachineFound['kind']) =>
  rule.action === 'leave_message' && message !== undefined && kind !== 'menu';

const hangUp = ({ ending }: MachineWatch) => void ending.decide({ reason: 'voicemail_hung_up', hungUpBy: 'agent' });

type Finding = { kind: MachineFound['kind'] | 'person'; rule: string; text: string; action: string };

function tell({ record, log }: MachineWatch, { afterMs }: Meeting, { kind, rule, text, action }: Finding): void {
  const data = { kind, rule, text, action, after_ms: afterMs };
  record.add({ events: [{ type: 'call.machine_detected', data }] });
  log('info', 'found out who answered', { kind, rule, action });
}

/** Tells who calls and why, and waits for whoever comes. */
async function introduce(watch: MachineWatch, meeting: Meeting): Promise<AfterScreening['who']> {
  const { session, language, introduction, ending, rule } = watch;
  const { who, text } = await passScreening({
    introduce: () => heard(watch, session.say(introduction, { allowInterruptions: false })),
    hear: hearing(watch),
    language,
    signal: ending.signal,
  });
  if (who === 'person' || who === 'voicemail') {
    const action = who === 'person' ? 'continue' : rule.action;
    tell(watch, meeting, { kind: who, rule: 'came after screening', text, action });
  }
  return who;
}

const machineRecords = (watch: MachineWatch, { beepAlready }: Meeting) =>
  awaitBeep({
    hear: hearing(watch),
    language: watch.language,
    speaking: watch.session.userState === 'speaking',
    beepAlready,
    signal: watch.ending.signal,
  });

const hearing =
  ({ session, input, log }: MachineWatch) =>
  (on: LineEvents) =>
    hearLine({ session, input, log }, on);

const heard = ({ ending }: MachineWatch, speech: voice.SpeechHandle) =>
  playedOut(speech, { longestMs: longestSpeechMs, ending });

async function leave(watch: MachineWatch, message: PreparedSpeech): Promise<void> {
  const { session, ending } = watch;
  await sleep(afterBeepMs, undefined, { signal: ending.signal });
  await heard(watch, sayPrepared(session, message, { allowInterruptions: false }));
  ending.decide({ reason: 'voicemail_message_left', hungUpBy: 'agent', polite: true });
}

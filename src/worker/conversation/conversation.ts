import { voice } from '@livekit/agents';
import type { Room } from '@livekit/rtc-node';
import { pressedKeys, type ProviderFailure } from '../../../pipelines/index.ts';
import type { Agent } from '../../agent-files/agent.ts';
import type { Call } from '../../calls/call.ts';
import type { ControlMessage } from '../../calls/ports.ts';
import type { Log } from '../../telemetry/logger.ts';
import type { CallAgent } from './call-agent.ts';
import type { CallLog } from '../call/call-log.ts';
import type { CallMedia } from '../sound/call-media.ts';
import { closeOnLeaving, watchRoomLoss } from '../line/close-on-disconnect.ts';
import { hearKeys, type KeysHeard } from '../line/hear-keys.ts';
import { type TakeOverContext, watchTakeOvers } from '../line/supervisor/take-over.ts';
import { onControl } from '../call/control-messages.ts';
import type { CallProcessDependencies } from '../dependencies.ts';
import type { EndCause, Ending } from '../call/ending.ts';
import { sayFarewell, sayInstead } from './farewell.ts';
import { watchLength } from './length-limit.ts';
import type { Leg } from '../line/leg.ts';
import { type NeverSilent, neverSilent } from './never-silent.ts';
import { safely } from '../safely.ts';
import type { sentencesOf } from './sentences.ts';
import { consult, type ConsultContext } from '../line/transfers/consult.ts';
import { createHandOver, type HandOverRequest } from '../line/transfers/hand-over.ts';
import { watchSilence } from './silence-watch.ts';
import { sayAfterMs } from './tools/own-tools.ts';
import type { StockSentences } from './stock-sentences.ts';

export type Sentences = Omit<ReturnType<typeof sentencesOf>, 'opening'> & { stock: StockSentences };

/** One conversation, from the moment its session listens: everything that can speak up in it or end it. */
export type Conversation = {
  /** The person is there: the agent speaks, and the clocks run. */
  begin(options: { identity: string; greet: () => void; elapsedSeconds: number }): void;
  /** Says the agent's goodbye where it can be heard, then ends. */
  farewell(cause: EndCause): void;
  /**
   * A machine is on the line: the agent stops, answers nothing and does not mind silence, and whoever hangs up then was no
   * person. The function it returns undoes that, and greets again.
   */
  meetMachine(): () => void;
  /** Says one of the agent's sentences for the time that something takes, unless anything else is heard. */
  sayMeanwhile(text: string): void;
  /** A provider failed; another is tried where there is one. */
  providerFailed(failure: ProviderFailure): void;
  /** Hands the call to somebody else. Never rejects. */
  handOver(request: HandOverRequest): Promise<void>;
  stop: () => void;
};

const failedRoles = { stt_error: 'stt', llm_error: 'llm', tts_error: 'tts' } as const;

export function createConversation({
  call,
  agent,
  session,
  callAgent,
  media,
  room,
  leg,
  sentences,
  suspectEars,
  onFirstSound,
  onRoomLost,
  onFiller,
  onToolAnswered,
  hearSupervisor,
  deps,
  record,
  ending,
  log,
}: {
  call: Call;
  agent: Agent;
  session: voice.AgentSession;
  callAgent: CallAgent;
  media: CallMedia;
  room: Room;
  leg: Leg;
  sentences: Sentences;
  /** Makes another recogniser hear again what was said last. */
  suspectEars: () => void;
  /** When the first sound of the agent was sent, on the clock of `Date.now()`. */
  onFirstSound: (at: number) => void;
  /** `waited`: it was given time to come back. */
  onRoomLost: (how: { waited: boolean; at: Date }) => void;
  onFiller: Parameters<typeof neverSilent>[0]['onFiller'];
  /** The API was given an answer of a tool that was promised for later. */
  onToolAnswered: () => void;
  /** Hears a supervisor who speaks in the agent's place. */
  hearSupervisor: TakeOverContext['hear'];
  deps: Pick<CallProcessDependencies, 'rooms' | 'warmLine' | 'checkTransferTarget'>;
  record: Pick<CallLog, 'add'>;
  ending: Ending;
  log: Log;
}): Conversation {
  const { warmLine } = deps;
  /** Who is in the room, by livekit-server. */
  const present = async () => (await deps.rooms.participants(room.name ?? call.id)).map(({ identity }) => identity);
  const stops: (() => void)[] = [];
  let begun = false;
  let departing = false;
  let machine = false;
  let person = '';
  let stopLength = () => {};
  let watch: NeverSilent | undefined;
  const failures = new Map<ProviderFailure['role'], ProviderFailure>();

  /** A provider failed for good: the caller is told so in words that are sound already, and hears the end. */
  const giveUp = async (role: ProviderFailure['role']) => {
    if (departing || ending.cause) return;
    departing = true;
    const failure = failures.get(role);
    const cause: EndCause = { reason: `${role}_failed`, hungUpBy: 'parley', polite: true };
    if (failure) Object.assign(cause, { provider: failure.provider, detail: failure.error.message });
    log('error', 'the call is given up', { reason: cause.reason, provider: cause.provider });
    await sayInstead(media.output, sentences.stock.trouble, ending);
    ending.decide(cause);
  };

  const farewell = (cause: EndCause) => {
    if (!begun) ending.decide(cause);
    else if (handOver.connected) ending.abandon('handed_over', { reason: 'transferred', hungUpBy: 'parley' });
    else if (!departing) void sayFarewell({ session, ending, log }, { text: sentences.goodbye, cause });
    departing = true;
  };

  const obey = (message: ControlMessage) => {
    if (message.type === 'hang_up')
      ending.decide({ reason: begun ? 'operator_hung_up' : 'canceled_before_answer', hungUpBy: 'operator' });
    else if (!begun)
      log('warn', 'a command came before the call was answered; it is ignored', { command: message.type });
    else if (message.type === 'say') say(message);
    else if (message.type === 'tool_answered') onToolAnswered();
    else if (message.type === 'whisper') whisper(message);
    else if (message.type === 'dtmf' && leg.sendDtmf) leg.sendDtmf(message.digits);
    else if (message.type === 'transfer') void handOver.start({ ...message, by: 'operator' });
    else log('warn', 'this kind of call knows no such command; it is ignored', { command: message.type });
  };
  /** Whoever leaves while the call is being handed over may be gone to where it goes. */
  const leaving = {
    decide: (cause: EndCause) => {
      const hungUp = cause.reason === 'caller_hung_up' && call.direction === 'outbound';
      const reason = hungUp && machine ? 'voicemail_hung_up' : cause.reason;
      const by: EndCause = hungUp ? { ...cause, reason, hungUpBy: 'callee' } : cause;
      if (!handOver.underWay) return ending.decide(by);
      void handOver.underWay.then(() => ending.decide(by));
      return true;
    },
  };
  const say = ({ text, interrupt }: { text: string; interrupt: boolean }) => {
    if (interrupt) session.interrupt({ force: true });
    session.say(text, { allowInterruptions: agent.turn.interruptible });
  };

  const whisper = ({ text, speak }: { text: string; speak: boolean }) => {
    callAgent.whisper(text);
    record.add({ events: [{ type: 'supervisor.whispered', data: { text } }] });
    if (speak && !callAgent.holdsBack) session.generateReply();
  };
  /** A supervisor has the call; what the caller says is written down, and not answered. */
  const takenOver = (supervisor: string) => {
    record.add({ events: [{ type: 'supervisor.took_over', data: { supervisor } }] });
    const { takes } = callAgent;
    callAgent.takes = () => undefined;
    minding();
    session.interrupt({ force: true });
    media.output.clearBuffer();
    return (why: 'left' | 'lost') => {
      record.add({ events: [{ type: 'supervisor.handed_back', data: { supervisor, why } }] });
      callAgent.takes = takes;
      if (ending.cause || departing) return;
      minding = mindSilence();
      session.say(sentences.takenBack, { allowInterruptions: agent.turn.interruptible });
    };
  };

  /** Keys are words of the caller's: they interrupt, and are answered. */
  const hearPressed = ({ digits, afterMs, at }: KeysHeard) => {
    record.add({ events: [{ type: 'keys.heard', at, data: { digits, after_ms: afterMs } }] });
    if (departing || ending.cause || callAgent.holdsBack) return;
    if (agent.turn.interruptible) session.interrupt();
    session.generateReply({ userInput: pressedKeys(digits) });
  };

  const mindSilence = () =>
    watchSilence({
      session,
      silenceSeconds: call.limits.silenceSeconds ?? agent.limits.silence_seconds,
      onCheckIn: () => void session.say(sentences.checkIn),
      onSilence: () => farewell({ reason: 'silence', hungUpBy: 'parley' }),
      log,
    });
  let limitAtMs = Number.POSITIVE_INFINITY;
  let minding = () => {};
  let greet = () => {};
  const holdBack = () => {
    callAgent.holdsBack = true;
    minding();
    return () => {
      callAgent.holdsBack = false;
      minding = mindSilence();
    };
  };
  const consulting = (clients: NonNullable<typeof warmLine>): ConsultContext => ({
    clients,
    call,
    room,
    secondsLeft: () => Math.max(0, (limitAtMs - performance.now()) / 1000),
    identity: () => person,
    brief: async (words) => {
      const text = [sentences.briefing, words].filter(Boolean).join(' ');
      if (text) await session.say(text, { allowInterruptions: false }).waitForPlayout();
    },
    onConnected: () => {
      media.deafen();
      stopLength();
    },
    signal: ending.signal,
    log,
  });
  const handOver = createHandOver({
    session,
    transfer: {
      ...(leg.transfer && { blind: ({ to }) => leg.transfer!(to) }),
      ...(leg.transfer &&
        warmLine && { warm: (target, { briefing }) => consult(consulting(warmLine), { target, briefing }) }),
    },
    check: async (to) => deps.checkTransferTarget({ call, to }),
    holdBack,
    sentences,
    record,
    ending,
    log,
  });

  const onClose = safely({ name: 'session.close', log }, ({ error }: voice.CloseEvent) => {
    const type = error && 'type' in error ? error.type : undefined;
    const role = failedRoles[type as keyof typeof failedRoles];
    if (ending.cause) return;
    log('error', 'the session closed itself', { error });
    if (role) void giveUp(role);
    else ending.decide({ reason: 'internal_error', hungUpBy: 'parley' });
  });
  session.on(voice.AgentSessionEventTypes.Close, onClose);
  const onSound = ({ createdAt }: voice.PlaybackStartedEvent) => onFirstSound(createdAt);
  media.output.once(voice.AudioOutput.EVENT_PLAYBACK_STARTED, onSound);
  let playedSeconds = 0;
  const onPlayed = ({ playbackPosition }: voice.PlaybackFinishedEvent) => {
    playedSeconds = playbackPosition;
  };
  media.output.on(voice.AudioOutput.EVENT_PLAYBACK_FINISHED, onPlayed);
  stops.push(
    watchRoomLoss({ room, onLost: () => onRoomLost({ waited: false, at: new Date() }), log }),
    onControl({ room, handle: obey, log }),
    () => session.off(voice.AgentSessionEventTypes.Close, onClose),
    () => media.output.off(voice.AudioOutput.EVENT_PLAYBACK_STARTED, onSound),
    () => media.output.off(voice.AudioOutput.EVENT_PLAYBACK_FINISHED, onPlayed),
  );

  return {
    begin: ({ identity, greet: sayOpening, elapsedSeconds }) => {
      begun = true;
      person = identity;
      media.listenTo(room, identity);
      stops.push(
        closeOnLeaving({
          room,
          identity,
          present,
          ending: leaving,
          onAway: (at) => onRoomLost({ waited: true, at }),
          log,
        }),
      );
      stops.push(hearKeys({ room, identity, onKeys: hearPressed, takes: (key) => callAgent.pressed(key) }));
      if (ending.cause) return;
      greet = sayOpening;
      greet();
      minding = mindSilence();
      const limitSeconds = (call.limits.maxMinutes ?? agent.limits.max_minutes) * 60 - elapsedSeconds;
      limitAtMs = performance.now() + limitSeconds * 1000;
      const onLimit = () => farewell({ reason: 'max_duration', hungUpBy: 'parley' });
      watch = neverSilent({
        session,
        agent: callAgent,
        output: media.output,
        stock: sentences.stock,
        fillerAfterMs: agent.turn.filler_after_ms,
        patienceMs: agent.limits.answer_seconds * 1000,
        suspectEars,
        onFiller,
        giveUp: (role) => void giveUp(role),
        log,
      });
      const { stop } = watch;
      stopLength = watchLength({ limitSeconds: Math.max(0, limitSeconds), onLimit });
      stops.push(stop, () => minding(), stopLength);
      stops.push(watchTakeOvers({ room, onTaken: takenOver, hear: hearSupervisor, log }));
    },
    farewell,
    meetMachine: () => {
      machine = true;
      const release = holdBack();
      session.interrupt({ force: true });
      return () => {
        machine = false;
        release();
        greet();
      };
    },
    providerFailed: (failure) => {
      failures.set(failure.role, failure);
      const { role, midStream, next, again } = failure;
      if (role === 'tts' && midStream && !next && !again)
        callAgent.voiceLost(() => media.words.heardBy({ heardSeconds: playedSeconds, totalSeconds: undefined }));
      watch?.failed(failure);
    },
    sayMeanwhile: (text) => {
      const speech = sentences.stock.meanwhile.get(text);
      if (!speech || !begun || departing) return;
      void media.output
        .interlude(speech.frames)
        .then((wasHeard) => wasHeard && onFiller({ text, stage: 'tool', waitedMs: sayAfterMs }))
        .catch((error: unknown) => log('warn', 'what is said meanwhile could not be played', { error }));
    },
    handOver: (request) => handOver.start(request),
    stop: () => {
      for (const stop of stops.splice(0)) stop();
    },
  };
}

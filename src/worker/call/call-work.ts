import { setTimeout as sleep } from 'node:timers/promises';
import type { voice } from '@livekit/agents';
import type { ProviderFailure, ProviderUsage } from '../../../pipelines/index.ts';
import type { Agent } from '../../agent-files/agent.ts';
import type { Call, CallEventType } from '../../calls/call.ts';
import type { Recalled } from '../../calls/memory/recall.ts';
import type { EndReason } from '../../calls/end/end-reason.ts';
import type { Log } from '../../telemetry/logger.ts';
import { createAgentSession } from '../conversation/agent-session.ts';
import { allSettled } from './all-settled.ts';
import { type CallMedia, createCallMedia } from '../sound/call-media.ts';
import { CallAccount } from './call-account.ts';
import { callControls } from '../conversation/tools/call-controls.ts';
import { assembleTools } from '../conversation/tools/assemble-tools.ts';
import { type Conversation, createConversation } from '../conversation/conversation.ts';
import type { CallPipeline } from '../dependencies.ts';
import { type Abandonment, EndedError, type EndCause, type Ending, type Leaving } from './ending.ts';
import type { JoinedRoom } from './join-room.ts';
import { leaveCall } from './leave-call.ts';
import type { Parts, Talk } from './call-parts.ts';
import { evictOthers, followLostRoom } from './lost-room.ts';
import { Opening } from '../conversation/opening.ts';
import { type Leg, legOf } from '../line/leg.ts';
import { LiveEvents } from './live-events.ts';
import { showWords } from '../conversation/live-words.ts';
import { HandOffs } from '../conversation/handoff/hand-offs.ts';
import { type Observed, observe } from '../conversation/observe.ts';
import type { FrameListener } from '../sound/audio-input.ts';
import { startOptions } from '../conversation/sdk-pins.ts';
import { type CallRecording, recordCall } from '../recording/record-call.ts';
import { hearSupervisor } from '../line/supervisor/hear-supervisor.ts';
import type { Ownership } from './ownership.ts';
import { Preparation } from '../preparation/preparation.ts';
import type { SessionContext } from './session-context.ts';
import { stepOrEnd } from './step-or-end.ts';
import { tellFailure } from './tell-failure.ts';
import { watchForMachine } from '../line/voicemail/watch-for-machine.ts';

/** Silence before we hang up, so that the last word crosses the network and the phone. */
const tailMs = 600;
const costsEveryMs = 30_000;
/** All that one session needs and leaves behind: it is assembled, it talks, it is taken apart, its end is written. */
export class CallWork {
  #call: Call;
  readonly #ownership: Ownership;
  readonly #context: SessionContext;
  readonly #ending: Ending;
  readonly #log: Log;
  readonly #account: CallAccount;
  readonly #stops: (() => void)[] = [];
  #agent: Agent | undefined;
  #preparation: Preparation | undefined;
  #pipeline: CallPipeline | undefined;
  #media: CallMedia | undefined;
  #session: voice.AgentSession | undefined;
  #observed: Observed | undefined;
  #conversation: Conversation | undefined;
  #live: LiveEvents | undefined;
  #leg: Leg | undefined;
  #recording: CallRecording | undefined;

  constructor(parts: Parts) {
    const { call, ownership, context, ending, log } = parts;
    this.#call = call;
    this.#ownership = ownership;
    this.#context = context;
    this.#ending = ending;
    this.#log = log;
    this.#account = new CallAccount(parts);
  }

  /** Whether the call's phone is still to be dialled, by this session. */
  get dials(): boolean {
    const { direction, state } = this.#call;
    return direction === 'outbound' && state === 'dispatching' && !this.#leg?.dialled;
  }

  /** Whether a phone rings that this session has dialled or found ringing. */
  get rings(): boolean {
    return this.#call.direction === 'outbound' && !this.dials;
  }

  /** Assembles the call, reaches the person and lets them talk until the end is decided. Never throws. */
  async talk(talk: Talk): Promise<void> {
    try {
      await this.#talk(talk);
      await this.#ending.decided;
    } catch (error) {
      if (error instanceof EndedError) return;
      this.#log('error', 'the call could not go on', { error });
      this.#ending.decide({ reason: 'internal_error', hungUpBy: 'parley' });
    }
  }

  async #talk({ agent: found, earlier, formalities: first, join, onReaching, onTalking }: Talk): Promise<void> {
    const { deps } = this.#context;
    const resumed = earlier !== undefined;
    const leg = (this.#leg = legOf(this.#call, deps.legs));
    // That we cannot come says nothing about who waits there.
    const joined = this.#orEnd(join(), 'media_lost', this.dials ? 'not_dialled' : 'person_waits');
    void joined.catch(() => undefined);
    const shared = { record: this.#account.log, ending: this.#ending, log: this.#log };
    this.#agent = found;
    const preparation = (this.#preparation = new Preparation({
      ...this.#context,
      ...shared,
      resumed,
      onUsage: (usage, by) => this.#onUsage(usage, by),
      onFailure: (failure) => this.#onFailure(failure),
      trace: this.#account.trace,
    }));
    const held = await preparation.begin({ call: this.#call, agent: found, formalities: first });
    const { call, agent, formalities, variables, sentences, served, words: sounds } = held;
    const { stock, voicemail, outbound } = sounds;
    this.#call = call;
    this.#agent = agent;
    // Whoever ends the call has its result found out by this.
    if (agent.result) this.#account.log.add({ report: { wants_result: true } });
    const ready = this.#orEnd(held.building, 'pipeline_not_ready');
    const opening = ready.then(() => this.#orEnd(sounds.opening, 'tts_failed'));
    const message = opening.then(() => this.#orEnd(sounds.message, 'tts_failed'));
    // They are waited for later, one after the other; the later ones must not count as unhandled meanwhile.
    for (const later of [opening, message]) void later.catch(() => undefined);
    const { room } = await joined;
    await this.#orEnd(
      evictOthers(room, { ownership: this.#ownership, rooms: deps.rooms, log: this.#log }),
      'internal_error',
    );
    const pipeline = (this.#pipeline = await ready);

    const media = (this.#media = createCallMedia(this.#log));
    const live = (this.#live = leg.showsEvents ? new LiveEvents({ room, log: this.#log }) : undefined);
    const { say, ...controls } = callControls({ conversation: () => this.#conversation, ending: this.#ending, leg });
    const tools = assembleTools({
      context: { call, agent, ...controls, log: this.#log },
      served: await served,
      variables,
      deps,
      ownership: this.#ownership,
      record: this.#account.log,
      handOffs: () => handOffs,
      pauseRecording: () => this.#recording?.pause() ?? (() => undefined),
      say,
    });
    const handOffs = new HandOffs({
      first: held,
      deps,
      preparation,
      turns: () => this.#observed?.turns ?? [],
      toolsFor: (holder) => tools.toolsFor(holder),
      onHandedOff: (holder) => (this.#agent = holder.agent),
      ...shared,
    });
    const { session, callAgent, endings, stopTurns } = createAgentSession({
      call,
      agent,
      variables,
      pipeline,
      tools: tools.tools,
      media,
      earlier: earlier ?? [],
      endOfTurn: deps.endOfTurn,
      log: this.#log,
    });
    this.#session = session;
    this.#stops.push(stopTurns);
    tools.attach(session, callAgent, { resumed });
    handOffs.attach(callAgent);
    this.#observed = observe({
      session,
      agent: callAgent,
      endings,
      ...shared,
      earlier: earlier ?? [],
      speaker: (atMs) => handOffs.speakerAt(atMs),
      heard: (text) => this.#account.trace.heard(text),
      answered: (latency) => this.#account.figures.turn(latency),
      show: (type: CallEventType, data) => live?.publish(type, data),
      zeroMs: () => Date.now() - (this.#account.talkedSeconds ?? 0) * 1000,
    });
    const conversation = (this.#conversation = createConversation({
      call,
      agent,
      session,
      callAgent,
      media,
      room,
      leg,
      sentences: { ...sentences, stock },
      suspectEars: () => pipeline.stt.suspect?.(),
      hearSupervisor: (track) => {
        const onWords: Observed['supervisorSpoke'] = (words) => this.#observed?.supervisorSpoke(words);
        const onFrame: FrameListener = (frame, about) => this.#recording?.supervisorHeard(frame, about);
        return hearSupervisor(track, { pipeline, listener: { onWords, onFrame }, log: this.#log });
      },
      onFirstSound: (at) => this.#account.sounded(at),
      onRoomLost: (how) =>
        void followLostRoom(room.name ?? call.id, { rooms: deps.rooms, ending: this.#ending, ...how }),
      onFiller: ({ waitedMs, ...filler }) =>
        this.#account.log.add({ events: [{ type: 'agent.filler', data: { ...filler, waited_ms: waitedMs } }] }),
      onToolAnswered: () => tools.lookForAnswers(),
      deps,
      ...shared,
    }));
    if (live) this.#stops.push(showWords({ room, output: media.output, log: this.#log }));
    const costTimer = setInterval(() => this.#account.log.add({}), costsEveryMs);
    this.#stops.push(
      conversation.stop,
      () => tools.stop(),
      () => clearInterval(costTimer),
    );

    const starting = this.#account.trace.run(() => session.start({ agent: callAgent, ...startOptions }));
    await this.#orEnd(starting, 'internal_error');
    const speech = await opening;
    const prepared = await message;
    const publication = await this.#orEnd(media.publish(room), 'media_lost');
    onReaching();
    const answer = await leg.answer({
      call,
      resumed,
      agent,
      ownership: this.#ownership,
      record: this.#account.log,
      room,
      publication,
      rooms: deps.rooms,
      signal: this.#ending.signal,
      log: this.#log,
    });
    this.#ending.signal.throwIfAborted();
    if ('ended' in answer) return void this.#ending.decide(answer.ended);
    if ('notDialled' in answer) return void this.#ending.abandon('not_dialled', answer.notDialled);
    onTalking();
    this.#account.answered(answer.at);
    const elapsedSeconds = this.#account.talkedSeconds ?? 0;
    const onConsent = () => this.#record(media);
    const words = new Opening({ session, callAgent, agent, speech, onConsent, ...shared });
    if (formalities.consent === 'given') this.#record(media);
    conversation.begin({ identity: answer.identity, greet: () => words.begin(), elapsedSeconds });
    if (outbound)
      this.#stops.push(
        watchForMachine({
          session,
          input: media.input,
          conversation,
          rule: voicemail,
          message: prepared,
          introduction: sentences.screening,
          language: agent.language,
          ...shared,
        }),
      );
  }

  /** Keeps which earlier calls of the number the agent was told of. */
  recalled({ calls, variables }: Recalled): void {
    this.#account.log.add({ events: [{ type: 'memory.recalled', data: { calls, ...variables } }] });
  }

  /** Says goodbye first where somebody can hear it. */
  farewell(cause: EndCause): void {
    if (this.#conversation) this.#conversation.farewell(cause);
    else this.#ending.decide(cause);
  }

  /** Records from now on. */
  #record(media: CallMedia): void {
    const { recordings } = this.#context.deps;
    const { log: record, answeredAt } = this.#account;
    if (!recordings || !answeredAt || this.#recording || this.#ending.cause) return;
    this.#recording = recordCall({ call: this.#call, answeredAt, media, recordings, record, log: this.#log });
  }

  #orEnd<T>(step: Promise<T>, reason: EndReason, abandons?: Abandonment): Promise<T> {
    return stepOrEnd(step, { reason, abandons, ending: this.#ending, log: this.#log });
  }

  #onUsage(usage: ProviderUsage, agent: Agent): void {
    this.#account.used(usage);
    const limit = this.#call.limits.maxCostUsd ?? agent.limits.max_cost_usd;
    if (this.#account.exceeds(limit)) this.#conversation?.farewell({ reason: 'cost_limit', hungUpBy: 'parley' });
  }

  #onFailure(failure: ProviderFailure): void {
    this.#conversation?.providerFailed(failure);
    tellFailure(failure, { record: this.#account.log, live: this.#live, log: this.#log });
  }

  /** Takes the session apart and leaves the call. Never throws. */
  async leave(leaving: Leaving, joined: JoinedRoom | undefined): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop();
    if (leaving.how === 'conclude' && leaving.cause.polite) await sleep(tailMs);
    // The last words come into the record by this.
    await allSettled('closing the session', this.#log, [this.#session?.close()]);
    this.#observed?.stop();
    await this.#recording?.close();
    if (this.#leg?.answeredAt) this.#account.answered(this.#leg.answeredAt);
    await leaveCall(leaving, {
      call: this.#call,
      ownership: this.#ownership,
      account: this.#account,
      facts: { agent: this.#agent, pipeline: this.#pipeline, observed: this.#observed },
      joined,
      deps: this.#context.deps,
      log: this.#log,
    });
    await allSettled('freeing the call', this.#log, [this.#media?.close(), this.#preparation?.close()]);
    this.#account.endTrace(leaving.cause, this.#observed);
  }

  /** Resolves once all is written, or could not be. Never rejects. */
  async written(): Promise<void> {
    await this.#account.log.settled().catch(() => undefined);
  }
}

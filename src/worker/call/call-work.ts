import { setTimeout as sleep } from 'node:timers/promises';
import type { voice } from '@livekit/agents';
import type { ProviderFailure, ProviderUsage } from '../../../pipelines/index.ts';
import type { Agent } from '../../agent-files/agent.ts';
import type { Call, CallEventType, Turn } from '../../calls/call.ts';
import type { EndReason } from '../../calls/end/end-reason.ts';
import { voicemailOf } from '../../calls/place/voicemail.ts';
import type { Log } from '../../telemetry/logger.ts';
import type { CallTrace } from '../../telemetry/telemetry.ts';
import { createAgentSession, filled, variablesOf } from '../conversation/agent-session.ts';
import { allSettled } from './all-settled.ts';
import { type CallMedia, createCallMedia } from '../sound/call-media.ts';
import { CallAccount } from './call-account.ts';
import { toolsOf } from '../conversation/tools/call-tools.ts';
import { type Conversation, createConversation } from '../conversation/conversation.ts';
import type { CallPipeline } from '../dependencies.ts';
import { EndedError, type EndCause, type Ending } from './ending.ts';
import type { JoinedRoom } from './join-room.ts';
import { type Leg, legOf } from '../line/leg.ts';
import { LiveEvents } from './live-events.ts';
import { showWords } from '../conversation/live-words.ts';
import { type Observed, observe } from '../conversation/observe.ts';
import { prepareSpeech, type PreparedSpeech } from '../sound/prepare-speech.ts';
import { startOptions } from '../conversation/sdk-pins.ts';
import { sentencesOf } from '../conversation/sentences.ts';
import type { SessionContext } from './session.ts';
import { stepOrEnd } from './step-or-end.ts';
import { stockSentences } from '../conversation/stock-sentences.ts';
import type { HandOverRequest } from '../line/transfers/hand-over.ts';
import { tellFailure } from './tell-failure.ts';
import { watchForMachine } from '../line/voicemail/watch-for-machine.ts';

/** Silence before we hang up, so that the last word crosses the network and the phone. */
const tailMs = 600;
const costsEveryMs = 30_000;

type Parts = { call: Call; trace: CallTrace; context: SessionContext; ending: Ending; log: Log };

type Talk = {
  agent: Agent;
  /** What was said in a session before this one. */
  earlier: Turn[] | undefined;
  join: () => Promise<JoinedRoom>;
  /** Told when all is ready for the person to be reached. */
  onPrepared: () => void;
};

/** All that one call needs and leaves behind: it is assembled, it talks, it is taken apart, its end is written. */
export class CallWork {
  readonly #call: Call;
  readonly #context: SessionContext;
  readonly #ending: Ending;
  readonly #log: Log;
  readonly #account: CallAccount;
  readonly #stops: (() => void)[] = [];
  #joining: Promise<JoinedRoom> | undefined;
  #building: Promise<CallPipeline> | undefined;
  #pipeline: CallPipeline | undefined;
  #media: CallMedia | undefined;
  #session: voice.AgentSession | undefined;
  #observed: Observed | undefined;
  #conversation: Conversation | undefined;
  #live: LiveEvents | undefined;
  #leg: Leg | undefined;

  constructor({ call, trace, context, ending, log }: Parts) {
    this.#call = call;
    this.#context = context;
    this.#ending = ending;
    this.#log = log;
    this.#account = new CallAccount({ call, trace, context, log });
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

  async #talk({ agent, earlier, join, onPrepared }: Talk): Promise<void> {
    const { deps } = this.#context;
    const call = this.#call;
    const variables = variablesOf(agent, call);
    const sentences = sentencesOf(agent, { variables, resumed: earlier !== undefined });
    const leg = (this.#leg = legOf(call, deps.legs));
    this.#joining = join();
    this.#building = deps.buildPipeline({
      call,
      agent,
      variables,
      log: this.#log,
      onUsage: (usage) => this.#onUsage(usage, agent),
      onFailure: (failure) => this.#onFailure(failure),
    });
    const opening = this.#orEnd(this.#building, 'pipeline_not_ready').then((pipeline) =>
      this.#orEnd(this.#prepare(pipeline, { agent, text: sentences.opening }), 'tts_failed'),
    );
    const voicemail = voicemailOf(call, agent);
    const outbound = call.direction === 'outbound' && !earlier;
    const leaves = outbound && voicemail.action === 'leave_message' && filled(voicemail.message ?? '', variables);
    const message = opening.then(async () =>
      leaves ? this.#orEnd(this.#prepare(await this.#building!, { agent, text: leaves }), 'tts_failed') : undefined,
    );
    const joined = this.#orEnd(this.#joining, 'media_lost');
    // They are waited for below, one after the other; the later ones must not count as unhandled meanwhile.
    for (const later of [opening, message]) void later.catch(() => undefined);
    const stock = stockSentences({
      fillers: agent.filler.map((text) => filled(text, variables)),
      trouble: filled(agent.trouble, variables),
      prepare: async (text) => {
        await opening;
        return this.#prepare(await this.#building!, { agent, text });
      },
      log: this.#log,
    });
    const { room } = await joined;
    const pipeline = (this.#pipeline = await this.#orEnd(this.#building, 'pipeline_not_ready'));

    const media = (this.#media = createCallMedia(this.#log));
    const live = (this.#live = leg.showsEvents ? new LiveEvents({ room, log: this.#log }) : undefined);
    const hangUp = ({ goodbye }: { goodbye: boolean }) => {
      const cause: EndCause = { reason: 'agent_goodbye', hungUpBy: 'agent', polite: true };
      if (goodbye) this.#conversation?.farewell(cause);
      else this.#ending.decide(cause);
    };
    const handOver = async (request: HandOverRequest) => this.#conversation?.handOver(request);
    const toolContext = { call, agent, messages: deps.messages, hangUp, handOver, log: this.#log };
    const tools = toolsOf({ names: agent.tools, context: toolContext, log: this.#log });
    const { session, callAgent } = createAgentSession({
      call,
      agent,
      variables,
      pipeline,
      tools,
      media,
      earlier: earlier ?? [],
      executor: deps.endOfTurn,
      log: this.#log,
    });
    this.#session = session;
    this.#observed = observe({
      session,
      agent: callAgent,
      record: this.#account.record,
      earlier: earlier ?? [],
      heard: (text) => this.#account.trace.heard(text),
      answered: (latency) => this.#account.figures.turn(latency),
      log: this.#log,
      show: (type: CallEventType, data) => live?.publish(type, data),
      zeroMs: () => (this.#account.answeredAt ?? new Date()).getTime(),
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
      onFiller: ({ waitedMs, ...filler }) =>
        this.#account.record.add({ events: [{ type: 'agent.filler', data: { ...filler, waited_ms: waitedMs } }] }),
      deps,
      record: this.#account.record,
      ending: this.#ending,
      log: this.#log,
    }));
    if (live) this.#stops.push(showWords({ room, output: media.output, log: this.#log }));
    const costTimer = setInterval(() => this.#account.recordCosts(), costsEveryMs);
    this.#stops.push(conversation.stop, () => clearInterval(costTimer));

    const starting = this.#account.trace.run(() => session.start({ agent: callAgent, ...startOptions }));
    await this.#orEnd(starting, 'internal_error');
    const speech = await opening;
    const prepared = await message;
    const publication = await this.#orEnd(media.publish(room), 'media_lost');
    onPrepared();
    const answer = await leg.answer({
      call,
      resumed: earlier !== undefined,
      agent,
      owner: this.#context.owner,
      room,
      publication,
      rooms: deps.rooms,
      signal: this.#ending.signal,
      log: this.#log,
    });
    this.#ending.signal.throwIfAborted();
    if ('ended' in answer) {
      this.#ending.decide(answer.ended);
      return;
    }
    this.#account.answeredAt = (earlier && call.answeredAt) ?? new Date();
    if (!earlier) this.#account.figures.answered(this.#account.answeredAt);
    const elapsedSeconds = (Date.now() - this.#account.answeredAt.getTime()) / 1000;
    conversation.begin({ identity: answer.identity, opening: speech, elapsedSeconds });
    if (outbound)
      this.#stops.push(
        watchForMachine({
          session,
          input: media.input,
          conversation,
          rule: voicemail,
          message: prepared,
          language: agent.language,
          record: this.#account.record,
          ending: this.#ending,
          log: this.#log,
        }),
      );
  }

  /** Says goodbye first where somebody can hear it. */
  farewell(cause: EndCause): void {
    if (this.#conversation) this.#conversation.farewell(cause);
    else this.#ending.decide(cause);
  }

  #prepare(pipeline: CallPipeline, { agent, text }: { agent: Agent; text: string }): Promise<PreparedSpeech> {
    const { pipeline: preset, pipelineOverrides } = this.#call;
    const key = JSON.stringify([preset, pipelineOverrides, agent.name, agent.version, text]);
    return this.#context.cache.get(key, () =>
      this.#account.trace.run(() => prepareSpeech({ voice: pipeline.tts, text, signal: this.#ending.signal })),
    );
  }

  #orEnd<T>(step: Promise<T>, reason: EndReason): Promise<T> {
    return stepOrEnd(step, { reason, ending: this.#ending, log: this.#log });
  }

  #onUsage(usage: ProviderUsage, agent: Agent): void {
    this.#account.used(usage);
    const limit = this.#call.limits.maxCostUsd ?? agent.limits.max_cost_usd;
    if (this.#account.exceeds(limit)) this.#conversation?.farewell({ reason: 'cost_limit', hungUpBy: 'parley' });
  }

  #onFailure(failure: ProviderFailure): void {
    this.#conversation?.providerFailed(failure);
    tellFailure(failure, { record: this.#account.record, live: this.#live, log: this.#log });
  }

  /** Leaves the room and frees everything. Never throws. */
  async leave(cause: EndCause, joinedBefore: JoinedRoom | undefined): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop();
    if (cause.polite) await sleep(tailMs);
    const joined = joinedBefore ?? (await this.#joining?.catch(() => undefined));
    await allSettled('closing the session', this.#log, [
      this.#session?.close(),
      cause.abandoned || cause.keepsRoom
        ? undefined
        : this.#context.deps.rooms.deleteRoom(joined?.room.name ?? this.#call.id),
    ]);
    this.#observed?.stop();
    await allSettled('freeing the call', this.#log, [
      this.#media?.close(),
      joined?.leave(),
      this.#building?.then((pipeline) => pipeline.close()),
    ]);
    this.#account.endTrace(cause, this.#observed);
  }

  /** Writes the end, however long the database is away. Never throws. */
  async write(cause: EndCause, agent: Agent | undefined): Promise<void> {
    const endedAt = new Date();
    await this.#leg?.settled?.();
    await this.#account.write(cause, {
      endedAt,
      agent,
      pipeline: this.#pipeline,
      observed: this.#observed,
      firstSoundAt: this.#conversation?.firstSoundAt,
    });
  }
}

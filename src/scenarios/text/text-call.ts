import { setTimeout as delay } from 'node:timers/promises';
import { stt, voice } from '@livekit/agents';
import {
  type BuildContext,
  buildPipeline,
  type BuiltPipeline,
  type ProviderFailure,
  quietStages,
  tokensOf,
} from '../../../pipelines/index.ts';
import type { Agent } from '../../agent-files/agent.ts';
import { variablesOf } from '../../agent-files/built-in-variables.ts';
import { builtInTools } from '../../agent-files/tools/agent-tools.ts';
import { usdNumber, usdUnits } from '../../calls/usd.ts';
import type { Log } from '../../telemetry/logger.ts';
import { CostMeter } from '../../worker/call/cost-meter.ts';
import { type EndCause, Ending } from '../../worker/call/ending.ts';
import { instructionsOf } from '../../worker/conversation/agent-session.ts';
import { sayFarewell } from '../../worker/conversation/farewell.ts';
import type { Observed } from '../../worker/conversation/observe.ts';
import { endTurn, startOptions } from '../../worker/conversation/sdk-pins.ts';
import { sentencesOf } from '../../worker/conversation/sentences.ts';
import { SilenceRule } from '../../worker/conversation/silence-watch.ts';
import { createTextSession, type TextCallRequest, type TextRecord, type TextSession } from './text-session.ts';

/** What a session that ends may still have to tell is waited for so long. */
const settleMs = 1_000;

/**
 * A call without sound: the conversation of a real one, with its turns, its tools, its history and its sentences, on a line that
 * takes no time. Its clock is that of what would have been spoken and waited.
 */
export class TextCall implements TextRecord {
  readonly ending = new Ending();
  readonly effects: TextRecord['effects'] = [];
  readonly troubles: string[] = [];
  readonly heard: TextRecord['heard'] = { written: [], spoken: [] };
  readonly #agent: Agent;
  readonly #sentences: ReturnType<typeof sentencesOf>;
  readonly #costs: CostMeter;
  readonly #pipeline: BuiltPipeline;
  readonly #parts: TextSession;
  readonly #silence: SilenceRule;
  readonly #log: Log;
  /** What is said, or to be said. */
  readonly #speeches = new Set<voice.SpeechHandle>();
  #nowMs = 0;
  #answerMs: number | null = null;
  #leaving: Promise<void> | undefined;

  /** Assembles the call as it is before the person is reached. @throws ProviderError when nobody could answer */
  static async open(request: TextCallRequest): Promise<TextCall> {
    const { call, agent, at, definition, settings, priceOf, log } = request;
    const variables = variablesOf(agent, call, at);
    const costs = new CostMeter(priceOf);
    let made: TextCall | undefined;
    const context: BuildContext = {
      language: agent.language,
      pronunciation: agent.pronunciation,
      sampleRateHz: 16000,
      ...(agent.script && { script: agent.script }),
      reaches: {
        transfers: builtInTools(agent).includes('transfer-call') ? agent.transfers : [],
        callNumber: call.phoneNumber ?? undefined,
      },
      variables,
      promptTokens: tokensOf(instructionsOf({ call, agent, variables, at })),
      log,
      onUsage: (usage) => void costs.add(usage),
      onFailure: (failure) => made?.failed(failure),
    };
    const instead = quietStages((text) => made?.spoken(text));
    const pipeline = await buildPipeline({ definition, settings, context, instead });
    made = new TextCall(request, { variables, costs, pipeline });
    await made.#parts.session.start({ agent: made.#parts.callAgent, ...startOptions });
    return made;
  }

  private constructor(
    request: TextCallRequest,
    { variables, costs, pipeline }: { variables: Record<string, string>; costs: CostMeter; pipeline: BuiltPipeline },
  ) {
    const { call, agent, log } = request;
    this.#agent = agent;
    this.#costs = costs;
    this.#pipeline = pipeline;
    this.#log = log;
    this.#sentences = sentencesOf(agent, { variables, resumed: false });
    const silenceSeconds = call.limits.silenceSeconds ?? agent.limits.silence_seconds;
    this.#silence = new SilenceRule({ silenceSeconds, nowMs: 0 });
    this.#parts = createTextSession(request, {
      variables,
      sentences: this.#sentences,
      pipeline,
      record: this,
      hooks: {
        ending: this.ending,
        farewell: (cause) => this.#farewell(cause),
        onSaid: (ms) => (this.#nowMs += ms),
        onAnswer: (ms) => (this.#answerMs ??= ms),
      },
    });
    this.#parts.session.on(voice.AgentSessionEventTypes.SpeechCreated, ({ speechHandle }) =>
      this.#speeches.add(speechHandle),
    );
  }

  get toolCalls(): Observed['toolCalls'] {
    return this.#parts.observed.toolCalls;
  }

  /** From the caller's last word to the agent's first, milliseconds; null where it has not answered. */
  get answerMs(): number | null {
    return this.#answerMs;
  }

  /** The agent was cut off in what it said last. */
  get cutOff(): boolean {
    return this.#parts.observed.turns.findLast(({ role }) => role === 'agent')?.interrupted ?? false;
  }

  get costUsd(): number {
    return usdNumber(usdUnits(this.#costs.totalText));
  }

  get model(): string {
    const { provider, model } = this.#pipeline.describe().llm;
    return `${provider} ${model}`;
  }

  /** The person is there: greets them. Resolves as `say` does. */
  greet(talkedOverAfterMs?: number): Promise<void> {
    return this.#untilQuiet(talkedOverAfterMs, async () => {
      const allowInterruptions = this.#agent.turn.interruptible;
      this.#parts.session.say(this.#sentences.opening, { allowInterruptions });
    });
  }

  /**
   * The caller says something. Resolves once the agent has nothing more to say, the call is over, or so much of the answer was heard
   * that the caller speaks again.
   *
   * @param begins Called when what was said before is over, also where it is this that cuts it off.
   */
  say(
    text: string,
    { begins, talkedOverAfterMs }: { begins: () => void; talkedOverAfterMs?: number | undefined },
  ): Promise<void> {
    const { session, output, isForTheAgent } = this.#parts;
    this.#silence.heard(this.#nowMs);
    this.#answerMs = null;
    return this.#untilQuiet(talkedOverAfterMs, async () => {
      if (!output.isSpeaking) {
        begins();
        await endTurn(session, text);
        return;
      }
      const isMeant = isForTheAgent({ type: stt.SpeechEventType.FINAL_TRANSCRIPT, alternatives: [wordsOf(text)] });
      if (isMeant && (await endTurn(session, text))) await session._activity?._userTurnCompletedTask?.result;
      if (isMeant && !output.isSpeaking) return begins();
      // What was not interrupted is said to its end.
      output.goOn();
      await this.#idle();
      begins();
    });
  }

  /** Nobody says anything for so long. */
  async wait(seconds: number): Promise<void> {
    const untilMs = this.#nowMs + seconds * 1000;
    while (!this.ending.cause && this.#silence.dueMs <= untilMs) {
      this.#nowMs = Math.max(this.#nowMs, this.#silence.dueMs);
      const due = this.#silence.due(this.#nowMs);
      await this.#untilQuiet(undefined, async () => {
        if (due === 'check_in') this.#parts.session.say(this.#sentences.checkIn);
        if (due === 'end') this.#farewell({ reason: 'silence', hungUpBy: 'parley' });
      });
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
    await this.#keepToLength();
  }

  hangUp(): void {
    this.ending.decide({ reason: 'caller_hung_up', hungUpBy: 'caller' });
  }

  async close(): Promise<void> {
    const { watch, session, observed } = this.#parts;
    watch.stop();
    await session.close();
    observed.stop();
    await this.#pipeline.close();
  }

  private spoken(text: string): void {
    this.#parts.output.spoken(text);
  }

  /** Whoever answers then is not the one that is tested. */
  private failed(failure: ProviderFailure): void {
    this.troubles.push(`${failure.error.message}${failure.next ? ` (${failure.next} answered)` : ''}`);
    this.#parts.watch.failed(failure);
  }

  #farewell(cause: EndCause): void {
    const { goodbye: text } = this.#sentences;
    const { session } = this.#parts;
    this.#leaving ??= sayFarewell({ session, ending: this.ending, log: this.#log }, { text, cause });
  }

  async #untilQuiet(talkedOverAfterMs: number | undefined, act: () => Promise<void>): Promise<void> {
    const { output } = this.#parts;
    const talkedOver = talkedOverAfterMs === undefined ? [] : [output.holdAfter(talkedOverAfterMs)];
    await act();
    await Promise.race([this.#idle(), this.ending.left, ...talkedOver]);
    // A tool that ended the call is still to be told of.
    if (this.ending.cause) await Promise.race([this.#idle(), delay(settleMs)]);
    this.#silence.spoken(this.#nowMs);
    await this.#keepToLength();
  }

  /** The agent has nothing more to say or to do. The SDK's own `waitForIdle` asks every millisecond. */
  async #idle(): Promise<void> {
    for (;;) {
      await this.#parts.session._activity?._userTurnCompletedTask?.result;
      const [speech] = this.#speeches;
      const doing = speech?.waitForPlayout() ?? this.#parts.handOver.underWay ?? this.#leaving;
      if (!doing) return;
      await doing;
      if (speech) this.#speeches.delete(speech);
      else if (this.#leaving) return;
    }
  }

  async #keepToLength(): Promise<void> {
    if (this.ending.cause || this.#nowMs < this.#agent.limits.max_minutes * 60_000) return;
    this.#farewell({ reason: 'max_duration', hungUpBy: 'parley' });
    await this.#leaving;
  }
}

function wordsOf(text: string): stt.SpeechData {
  return { text, language: '' as stt.SpeechData['language'], startTime: 0, endTime: 0, confidence: 1 };
}

import { ReadableStream, TransformStream } from 'node:stream/web';
import { type llm, stt, voice } from '@livekit/agents';
import { isStillRunning, ToolTable } from '../../../pipelines/index.ts';
import type { Papers } from './knowledge/papers.ts';
import { firstSentenceFirst } from './first-sentence-first.ts';

/** Milliseconds of the answer being made: from asking the language model, and the voice, to their first piece. */
export type AnswerTimes = { llmFirstTokenMs?: number; ttsFirstAudioMs?: number };

/** How long the end of an answer that was cut off is waited for. */
const settleMs = 1_000;

/** What an answer waits for. */
export type AnswerStage = 'llm' | 'tts' | 'tool';

/** Who takes what the caller says or presses in answer to a question. Words of a secret reach nobody else. */
export type Listener = { words: (said: string) => void; key: (key: string) => void; secret: boolean };

/** The SDK's agent, which also measures how long its model and its voice took until the answer is first heard. */
export class CallAgent extends voice.Agent {
  #times: AnswerTimes = {};
  #stage: AnswerStage = 'llm';
  /** The answer begun last, as long as no voice has it, and in any case; `drop` wakes the voice of one that is dropped. */
  #unspoken: { drop: () => void } | undefined;
  #answer: { drop: () => void } = { drop: () => undefined };
  #heard = { wordsMs: 0, finalMs: 0 };
  readonly #isForTheAgent: (event: stt.SpeechEvent) => boolean;
  #holdsBack = false;
  /** While this is set, what the caller says is written down and given to it, in place of being answered. */
  takes: ((words: string) => void) | undefined;
  /** Something was asked for, and whatever the caller says or presses is an answer to it. */
  listener: Listener | undefined;
  /** Until then keys that nobody asked for are dropped: they may belong to a secret. On the clock of `performance.now()`. */
  dropsKeysUntilMs = 0;
  /** What the agent knows besides its instructions. */
  papers: Papers | undefined;
  #heardOfLost: (() => string) | undefined;
  readonly #toldToModel = new Set<string>();

  /** `isForTheAgent` is asked of everything that is heard; what is not goes no further. */
  constructor({
    isForTheAgent,
    ...options
  }: {
    instructions: string;
    tools: llm.ToolContextLike;
    chatCtx: llm.ChatContext;
    isForTheAgent: (event: stt.SpeechEvent) => boolean;
  }) {
    super({ id: 'agent', ...options });
    this.#isForTheAgent = isForTheAgent;
  }

  /** Nothing that is heard is answered. */
  get holdsBack(): boolean {
    return this.#holdsBack || this.takes !== undefined || this.listener !== undefined;
  }

  set holdsBack(holdsBack: boolean) {
    this.#holdsBack = holdsBack;
  }

  /** Of the answer begun last; a speculative one that was thrown away is forgotten. */
  get times(): AnswerTimes {
    return this.#times;
  }

  /** What the answer that was begun last waits for, as long as nothing of it is heard. */
  get stage(): AnswerStage {
    return this.#stage;
  }

  /** When the recogniser last reported words, and a final transcript, on the clock of `performance.now()`. */
  get heard(): { wordsMs: number; finalMs: number } {
    return this.#heard;
  }

  override async sttNode(...args: Parameters<voice.Agent['sttNode']>): ReturnType<voice.Agent['sttNode']> {
    const events = await super.sttNode(...args);
    return (
      events &&
      events.pipeThrough(
        new TransformStream<stt.SpeechEvent | string, stt.SpeechEvent | string>({
          transform: (event, controller) => {
            if (typeof event !== 'string') this.#note(event);
            if (typeof event !== 'string' && this.listener?.secret) this.#keepSecret(event, this.listener);
            else if (typeof event === 'string' || this.#isForTheAgent(event)) controller.enqueue(event);
          },
        }),
      )
    );
  }

  /**
   * An answer that the caller cut off gets into the history only when its voice has stopped for good, which may be after
   * the caller's next words are to be answered: that is waited for, so that the model knows what was heard.
   */
  override async onUserTurnCompleted(chatCtx: llm.ChatContext, message: llm.ChatMessage): Promise<void> {
    if (this.#holdsBack) throw new voice.StopResponse();
    const takes = this.takes ?? (this.listener && this.#hears(this.listener));
    if (takes) {
      // As the SDK does with a turn whose answer it skips.
      this._chatCtx.items.push(message);
      this.session._conversationItemAdded(message);
      takes(message.textContent ?? '');
      throw new voice.StopResponse();
    }
    const speech = this.session._activity?.currentSpeech;
    if (!speech?.interrupted || speech.done()) return;
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, settleMs);
    await Promise.race([speech.waitForPlayout(), late]).finally(() => clearTimeout(timer));
    const known = new Set(chatCtx.items.map(({ id }) => id));
    chatCtx.insert(this.chatCtx.items.filter(({ id }) => !known.has(id)));
  }

  /** Tells the model something that the caller does not hear; it counts from its next answer on. */
  whisper(text: string): void {
    this._chatCtx.addMessage({ role: 'system', content: `A supervisor tells you, unheard by the caller: ${text}` });
  }

  /** The voice broke off within what it says now; `heard` returns the words of it that were heard. */
  voiceLost(heard: () => string): void {
    this.#heardOfLost = heard;
  }

  /** The words of an answer that were heard; an answer of which none were is taken out of the history. */
  wordsHeard(item: llm.ChatMessage): string {
    if (item.role !== 'assistant') return item.textContent ?? '';
    const cut = this.#heardOfLost?.();
    this.#heardOfLost = undefined;
    const hadSound = item.metrics.startedSpeakingAt !== undefined;
    const text = hadSound ? (cut ?? item.textContent ?? '') : '';
    if (cut !== undefined && text) item.content = [text];
    if (!text.trim()) this._chatCtx.items = this._chatCtx.items.filter(({ id }) => id !== item.id);
    return text;
  }

  /** A call of a tool that the conversation has. */
  functionCall(callId: string): llm.FunctionCall | undefined {
    return this._chatCtx.items.find((item) => item.type === 'function_call' && item.callId === callId) as
      | llm.FunctionCall
      | undefined;
  }

  /** Puts what happened beside the turns into the history. */
  addToHistory(items: llm.ChatItem[]): void {
    this._chatCtx.insert(items);
  }

  /** Whether the model was told of this answer of a tool and the agent has spoken since. */
  hasSpokenOf({ callId, createdAt }: llm.FunctionCallOutput): boolean {
    return (
      this.#toldToModel.has(callId) &&
      this._chatCtx.items.some(
        (item) => item.type === 'message' && item.role === 'assistant' && item.createdAt > createdAt,
      )
    );
  }

  /** A key that the caller pressed, 0-9, *, #, A-D. True: it belongs to what was asked for, and nobody else may have it. */
  pressed(key: string): boolean {
    this.listener?.key(key);
    return this.listener !== undefined || performance.now() < this.dropsKeysUntilMs;
  }

  #hears({ words, secret }: Listener): (said: string) => void {
    return (said) => {
      // A secret is taken before it becomes a turn; what comes here was said before it was asked for.
      if (!secret) words(said);
    };
  }

  /** Nobody but the listener gets these words. */
  #keepSecret({ type, alternatives }: stt.SpeechEvent, { words }: Listener): void {
    if (type === stt.SpeechEventType.FINAL_TRANSCRIPT && alternatives?.[0].text) words(alternatives[0].text);
  }

  #note({ type, alternatives }: stt.SpeechEvent): void {
    if (!alternatives?.[0].text.trim()) return;
    this.#heard.wordsMs = performance.now();
    if (!this.listener)
      this.papers?.hear(alternatives[0].text, { final: type === stt.SpeechEventType.FINAL_TRANSCRIPT });
    if (type === stt.SpeechEventType.FINAL_TRANSCRIPT) this.#heard.finalMs = performance.now();
  }

  override async llmNode(...args: Parameters<voice.Agent['llmNode']>): ReturnType<voice.Agent['llmNode']> {
    const times: AnswerTimes = (this.#times = {});
    const startedMs = performance.now();
    this.#stage = 'llm';
    this.#answer.drop();
    this.#answer = this.#unspoken = { drop: () => undefined };
    for (const item of args[0].items)
      if (item.type === 'function_call_output' && !isStillRunning(item)) this.#toldToModel.add(item.callId);
    await this.papers?.consult(args[0]);
    const stream = await super.llmNode(...args);
    if (!stream) return stream;
    let tools: ToolTable | undefined;
    const staged = stream.pipeThrough(
      new TransformStream<llm.ChatChunk | string, llm.ChatChunk | string>({
        transform: (chunk, controller) => {
          if (typeof chunk !== 'string' && chunk.delta?.toolCalls?.length) {
            this.#stage = 'tool';
            for (const call of chunk.delta.toolCalls) (tools ??= new ToolTable(args[1])).understand(call);
          }
          controller.enqueue(chunk);
        },
        flush: () => {
          if (this.#stage === 'llm') this.#stage = 'tts';
        },
      }),
    );
    return atFirst(staged, () => (times.llmFirstTokenMs = Math.round(performance.now() - startedMs)));
  }

  /** The text of an answer that may be thrown away, which the SDK tells a waiting voice only with its next sound. */
  #bounded(text: ReadableStream<string>): ReadableStream<string> {
    const answer = this.#unspoken;
    this.#unspoken = undefined;
    if (!answer) return text;
    const isWanted = () => this.session.agentState !== 'listening';
    const changed = () =>
      new Promise<void>((resolve) => {
        answer.drop = resolve;
        this.session.once(voice.AgentSessionEventTypes.AgentStateChanged, () => resolve());
      });
    return ReadableStream.from(
      firstSentenceFirst(text, { isWanted, isDropped: () => answer !== this.#answer, changed }),
    );
  }

  override async ttsNode(...args: Parameters<voice.Agent['ttsNode']>): ReturnType<voice.Agent['ttsNode']> {
    const times = this.#times;
    const [text, settings] = args;
    let startedMs: number | undefined;
    const bounded = this.#bounded(text as ReadableStream<string>);
    const timed = bounded.pipeThrough(
      new TransformStream<string, string>({
        transform: (chunk, controller) => {
          startedMs ??= performance.now();
          controller.enqueue(chunk);
        },
      }),
    );
    const stream = await super.ttsNode(timed, settings);
    return (
      stream &&
      atFirst(
        stream,
        () => (times.ttsFirstAudioMs ??= Math.round(performance.now() - (startedMs ?? performance.now()))),
      )
    );
  }
}

/** The same stream; `tell` is called when its first piece passes. */
function atFirst<T>(stream: ReadableStream<T>, tell: () => void): ReadableStream<T> {
  let passed = false;
  return stream.pipeThrough(
    new TransformStream<T, T>({
      transform: (piece, controller) => {
        if (!passed) tell();
        passed = true;
        controller.enqueue(piece);
      },
    }),
  );
}

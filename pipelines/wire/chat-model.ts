import { type APIConnectOptions, DEFAULT_API_CONNECT_OPTIONS, llm } from '@livekit/agents';
import type { Identity } from './identity.ts';

export type ChatRequest = {
  chatCtx: llm.ChatContext;
  toolCtx: llm.ToolContext | undefined;
  toolChoice: llm.ToolChoice | undefined;
  parallelToolCalls: boolean | undefined;
  signal: AbortSignal;
  /** Made because another request is late; its use says so. */
  hedged?: true;
};

/** A language model of the SDK that is one generator: providers write `generate`, and fallbacks compose it. */
export abstract class ChatModel extends llm.LLM {
  readonly #identity: Identity;

  constructor(identity: Identity) {
    super();
    this.#identity = identity;
  }

  /** A model that keeps nothing but its settings. */
  static of(identity: Identity, generate: ChatModel['generate']): ChatModel {
    return new (class extends ChatModel {
      generate = generate;
    })(identity);
  }

  label(): string {
    return this.#identity.label;
  }

  override get model(): string {
    return this.#identity.model ?? super.model;
  }

  override get provider(): string {
    return this.#identity.provider ?? super.provider;
  }

  /**
   * One answer: text, whole tool calls, then the usage. Ends early and quietly when the signal aborts.
   * @throws ProviderError
   */
  abstract generate(request: ChatRequest): AsyncGenerator<llm.ChatChunk>;

  /** Opens what the next answer needs, while the caller still speaks. Costs nothing and never throws. */
  warm(): void {}

  chat(options: {
    chatCtx: llm.ChatContext;
    toolCtx?: llm.ToolContextLike;
    connOptions?: APIConnectOptions;
    parallelToolCalls?: boolean;
    toolChoice?: llm.ToolChoice;
  }): llm.LLMStream {
    return new ChatModelStream(this, options);
  }
}

class ChatModelStream extends llm.LLMStream {
  readonly #model: ChatModel;
  readonly #toolChoice: llm.ToolChoice | undefined;
  readonly #parallelToolCalls: boolean | undefined;

  constructor(
    model: ChatModel,
    {
      chatCtx,
      toolCtx,
      connOptions = DEFAULT_API_CONNECT_OPTIONS,
      toolChoice,
      parallelToolCalls,
    }: Parameters<ChatModel['chat']>[0],
  ) {
    super(model, { chatCtx, ...(toolCtx && { toolCtx }), connOptions });
    this.#model = model;
    this.#toolChoice = toolChoice;
    this.#parallelToolCalls = parallelToolCalls;
  }

  protected async run(): Promise<void> {
    const { signal } = this.abortController;
    try {
      const chunks = this.#model.generate({
        chatCtx: this.chatCtx,
        toolCtx: this.toolCtx,
        toolChoice: this.#toolChoice,
        parallelToolCalls: this.#parallelToolCalls,
        signal,
      });
      for await (const chunk of chunks) {
        if (signal.aborted) break;
        this.queue.put(chunk);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}

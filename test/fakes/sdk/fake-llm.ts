import { setTimeout as sleep } from 'node:timers/promises';
import { llm } from '@livekit/agents';

/** One answer: words, and tools called after them. */
export type FakeAnswer = { text?: string; tools?: { name: string; args?: Record<string, unknown> }[]; error?: Error };

export type FakeLlmOptions = {
  /** Chooses the answer from the conversation so far. */
  answer: (chatCtx: llm.ChatContext) => FakeAnswer;
  firstTokenMs: number;
};

/** Answers what it was told to, after a fixed time, word by word. */
export class FakeLlm extends llm.LLM {
  readonly options: FakeLlmOptions;
  requests = 0;

  constructor(options: FakeLlmOptions) {
    super();
    this.options = options;
  }

  override label(): string {
    return 'fake-llm';
  }

  override get model(): string {
    return 'fake-llm';
  }

  override chat(request: Parameters<llm.LLM['chat']>[0]): llm.LLMStream {
    this.requests += 1;
    return new FakeLlmStream(this, {
      chatCtx: request.chatCtx,
      ...(request.toolCtx && { toolCtx: request.toolCtx }),
      connOptions: request.connOptions ?? { maxRetry: 0, retryIntervalMs: 0, timeoutMs: 5_000 },
    });
  }
}

class FakeLlmStream extends llm.LLMStream {
  readonly #llm: FakeLlm;

  constructor(owner: FakeLlm, request: ConstructorParameters<typeof llm.LLMStream>[1]) {
    super(owner, request);
    this.#llm = owner;
  }

  protected override async run(): Promise<void> {
    const { answer, firstTokenMs } = this.#llm.options;
    const id = `fake-${this.#llm.requests}`;
    await sleep(firstTokenMs);
    const { text = '', tools = [], error } = answer(this.chatCtx);
    if (error) throw error;
    for (const word of text.split(/(?<= )/)) this.queue.put({ id, delta: { role: 'assistant', content: word } });
    const toolCalls = tools.map(({ name, args }, index) =>
      llm.FunctionCall.create({ callId: `${id}-${index}`, name, args: JSON.stringify(args ?? {}) }),
    );
    if (toolCalls.length > 0) this.queue.put({ id, delta: { role: 'assistant', toolCalls } });
  }
}

/** The words of the caller that are to be answered. */
export function lastCallerWords(chatCtx: llm.ChatContext): string {
  const said = chatCtx.items.filter((item) => item.type === 'message' && item.role === 'user');
  const last = said.at(-1);
  return (last?.type === 'message' && last.textContent) || '';
}

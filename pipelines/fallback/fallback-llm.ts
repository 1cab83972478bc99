import type { llm } from '@livekit/agents';
import { ChatModel, type ChatRequest } from '../wire/chat-model.ts';
import { sensibleAnswer } from '../answer/sensible-answer.ts';
import { looksLikeThinker } from '../answer/thought-opening.ts';
import { ToolTable } from '../answer/tool-table.ts';
import { ProviderError } from '../errors.ts';
import { firstToSpeak } from './first-to-speak.ts';
import type { Standby, Standbys } from './standby.ts';

/**
 * The language models of a call as one. When one fails, or says nothing that makes sense, the next answers within the same
 * stream; after a part was already said, it goes on from there. Each attempt is one request, so usage is counted once.
 */
export class FallbackModel extends ChatModel {
  readonly #standbys: Standbys<ChatModel>;

  constructor(standbys: Standbys<ChatModel>) {
    super(standbys);
    this.#standbys = standbys;
  }

  override warm(): void {
    this.#standbys.order()[0].instance.warm();
  }

  protected override async _prewarmImpl(): Promise<void> {
    this.#standbys.order()[0].instance.prewarm();
  }

  async *generate(request: ChatRequest): AsyncGenerator<llm.ChatChunk> {
    const tools = new ToolTable(request.toolCtx);
    let said = '';
    let failure: ProviderError | undefined;
    for (const { standby, failed } of this.#standbys.tries()) {
      let by = (this.#standbys.serving = standby);
      let hedged = false;
      let usage: { usage: llm.CompletionUsage; id: string } | undefined;
      let calledTools = false;
      const chatCtx = said ? continued(request.chatCtx, said) : request.chatCtx;
      const answer = firstToSpeak(this.#standbys, {
        standby,
        signal: request.signal,
        ask: (who, { asked, ...how }) => {
          asked();
          return this.#ask(who, { tools, request: { ...request, chatCtx, ...how } });
        },
        speaks: ({ delta }) => delta !== undefined,
        serving: (who) => {
          by = this.#standbys.serving = who;
          hedged = true;
        },
        failed: (error) => (failure = failed(error, false)),
      });
      try {
        for await (const chunk of answer) {
          if (chunk.usage) usage = { usage: chunk.usage, id: chunk.id };
          said += chunk.delta?.content ?? '';
          calledTools ||= Boolean(chunk.delta?.toolCalls?.length);
          yield chunk;
        }
        if (!request.signal.aborted) this.#standbys.succeeded(by);
        return;
      } catch (error) {
        if (request.signal.aborted) return;
        // Whoever was to finish another's sentence and has nothing to add says that it was finished.
        if (said && error instanceof ProviderError && error.code === 'empty_answer') return;
        failure = failed(error, said !== '', by);
        if (calledTools) return;
      } finally {
        if (usage) this.#count(by, { ...usage, hedged });
      }
    }
    if (failure) throw failure;
  }

  #ask(
    { name, instance }: Standby<ChatModel>,
    { tools, request }: { tools: ToolTable; request: ChatRequest },
  ): AsyncGenerator<llm.ChatChunk> {
    return sensibleAnswer(instance.generate(request), {
      provider: name,
      name: `${name} ${instance.model}`,
      tools,
      mayCall: request.toolChoice !== 'none',
      mayThink: looksLikeThinker(name, instance.model),
      warn: (message, fields) => this.#standbys.warn(message, fields),
    });
  }

  override async aclose(): Promise<void> {
    await super.aclose();
    await Promise.allSettled(this.#standbys.all.map(({ instance }) => instance.aclose()));
  }

  #count(
    standby: Standby<ChatModel>,
    { usage, id, hedged }: { usage: llm.CompletionUsage; id: string; hedged: boolean },
  ): void {
    const { promptTokens, promptCachedTokens, completionTokens, totalTokens } = usage;
    this.#standbys.report(standby, {
      model: standby.instance.model,
      quantity: totalTokens,
      unit: 'token',
      tokens: { prompt: promptTokens, cachedPrompt: promptCachedTokens, completion: completionTokens },
      requestId: id,
      ...(hedged && { hedged }),
    });
  }
}

/** The conversation with the part that was already spoken, for a model that has to finish another's sentence. */
function continued(chatCtx: llm.ChatContext, said: string): llm.ChatContext {
  const copy = chatCtx.copy();
  copy.addMessage({ role: 'assistant', content: said });
  copy.addMessage({
    role: 'system',
    content:
      'Your last message was cut off in the middle of being spoken. Go on from its last word: say only what is still missing, and repeat nothing.',
  });
  return copy;
}

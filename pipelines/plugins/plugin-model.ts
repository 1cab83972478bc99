import type { llm } from '@livekit/agents';
import { Attempt } from '../fallback/attempt.ts';
import { billMarks } from '../wire/bill-marks.ts';
import { ChatModel, type ChatRequest } from '../wire/chat-model.ts';
import { catchRun, identityOf, ListenerWatch, onlyOnce, type PluginParts } from './plugin-parts.ts';

/**
 * A plugin's language model as one of Parley's. What an answer costs is what its last chunk says, of which the SDK makes
 * `llm_metrics`; an answer that was thrown away before that chunk is told as zero there, and is not counted.
 */
export class PluginModel extends ChatModel {
  readonly #parts: PluginParts<llm.LLM>;
  readonly #listeners: ListenerWatch;

  constructor(parts: PluginParts<llm.LLM>) {
    super(identityOf(parts));
    this.#parts = parts;
    parts.instance.on('error', () => undefined);
    this.#listeners = new ListenerWatch(parts);
  }

  override warm(): void {
    this.#parts.instance.prewarm();
  }

  async *generate(request: ChatRequest): AsyncGenerator<llm.ChatChunk> {
    const { instance, name, timeoutMs, cure, explain } = this.#parts;
    const { chatCtx, toolCtx, toolChoice, parallelToolCalls, signal } = request;
    const attempt = new Attempt(name, signal, cure);
    let stream: llm.LLMStream | undefined;
    let last: llm.ChatChunk | undefined;
    try {
      attempt.signal.throwIfAborted();
      attempt.expect('first token', timeoutMs);
      const opened = (stream = catchRun(
        instance.chat({
          chatCtx,
          ...(toolCtx && { toolCtx }),
          ...(toolChoice !== undefined && { toolChoice }),
          ...(parallelToolCalls !== undefined && { parallelToolCalls }),
          connOptions: onlyOnce(timeoutMs),
        }),
        (error) => attempt.fail(explain(error)),
      ));
      attempt.signal.addEventListener('abort', () => opened.close(), { once: true });
      for await (const chunk of stream) {
        attempt.expect('further token', timeoutMs);
        if (chunk.usage) last = chunk;
        yield chunk;
      }
      attempt.signal.throwIfAborted();
    } catch (error) {
      if (!signal.aborted) throw explain(attempt.reason(error));
    } finally {
      attempt.end();
      stream?.close();
      this.#listeners.used();
      if (last?.usage) this.#report(last.id, last.usage, request);
    }
  }

  override async aclose(): Promise<void> {
    await super.aclose();
    await this.#parts.instance.aclose();
  }

  #report(requestId: string, usage: llm.CompletionUsage, request: ChatRequest): void {
    const { promptTokens, promptCachedTokens, completionTokens, totalTokens } = usage;
    this.#parts.context.onUsage?.({
      role: 'llm',
      provider: this.#parts.name,
      model: this.model,
      quantity: totalTokens,
      unit: 'token',
      tokens: { prompt: promptTokens, cachedPrompt: promptCachedTokens, completion: completionTokens },
      requestId,
      ...billMarks(request),
    });
  }
}

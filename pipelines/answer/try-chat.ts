import { llm } from '@livekit/agents';
import { ProviderError } from '../errors.ts';
import type { ChatModel } from '../wire/chat-model.ts';
import { sensibleAnswer } from './sensible-answer.ts';
import { ToolTable } from './tool-table.ts';

const hangUp = llm.tool({ name: 'end_call', description: 'Ends the call.', execute: () => Promise.resolve() });

/**
 * Asks a model what every call asks: streamed, with a system text, a greeting before the caller speaks, two of the caller's
 * messages in a row and a tool. Stops at the first words.
 * @throws ProviderError
 */
export async function tryChat(
  model: ChatModel,
  { provider, timeoutMs }: { provider: string; timeoutMs: number },
): Promise<void> {
  const chatCtx = llm.ChatContext.empty();
  chatCtx.addMessage({ role: 'system', content: 'You answer the phone. Be brief.' });
  chatCtx.addMessage({ role: 'assistant', content: 'Hello, how can I help you?' });
  chatCtx.addMessage({ role: 'user', content: 'Hello?' });
  chatCtx.addMessage({ role: 'user', content: 'Are you there?' });
  const toolCtx = new llm.ToolContext([hangUp]);
  const enough = new AbortController();
  const signal = AbortSignal.any([enough.signal, AbortSignal.timeout(timeoutMs)]);
  const request = { chatCtx, toolCtx, toolChoice: undefined, parallelToolCalls: undefined, signal };
  const answer = sensibleAnswer(model.generate(request), {
    provider,
    name: `${provider} ${model.model}`,
    tools: new ToolTable(toolCtx),
    mayCall: true,
    warn: () => undefined,
  });
  try {
    for await (const { delta } of answer) if (delta) return;
  } catch (error) {
    if (signal.aborted) throw late(provider, timeoutMs, error);
    throw error;
  } finally {
    enough.abort();
  }
  throw late(provider, timeoutMs);
}

function late(provider: string, timeoutMs: number, cause?: unknown): ProviderError {
  return new ProviderError(
    'timeout',
    provider,
    `no word within ${timeoutMs} ms. Check the server, or choose a smaller model.`,
    {
      cause,
    },
  );
}

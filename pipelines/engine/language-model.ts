import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ChatMessage } from './messages.ts';
import { requireReadable } from './sherpa.ts';

/** A GGUF file, and the folder of the package `node-llama-cpp` that runs it. */
export type LanguageModel = { modelPath: string; packageDir: string };

/** Two conversations keep their history evaluated; more than two at once would be too slow to speak on common machines. */
const sequences = 2;
const contextTokens = 4096;

type ChatHistoryItem = { type: 'system' | 'user'; text: string } | { type: 'model'; response: string[] };

type Sequence = { readonly tokenMeter: { usedInputTokens: number; usedOutputTokens: number } };

/** The part of `node-llama-cpp` 3.22 that is used. It is installed on request, outside this project's packages. */
type LlamaPackage = {
  getLlama(options: object): Promise<{
    loadModel(options: { modelPath: string }): Promise<{
      createContext(options: object): Promise<{ getSequence(): Sequence }>;
    }>;
    dispose(): Promise<void>;
  }>;
  LlamaLogLevel: { error: string };
  LlamaChatSession: new (options: { contextSequence: Sequence; autoDisposeSequence: boolean }) => {
    setChatHistory(history: ChatHistoryItem[]): void;
    prompt(text: string, options: object): Promise<string>;
    dispose(): void;
  };
};

/** `threads` is how many cores it may use. */
export async function loadLanguageModel(model: LanguageModel, threads: number) {
  await requireReadable([model.modelPath]);
  const entry = pathToFileURL(join(model.packageDir, 'dist', 'index.js')).href;
  const llamaPackage = (await import(entry)) as LlamaPackage;
  const llama = await llamaPackage.getLlama({
    gpu: false,
    build: 'never',
    skipDownload: true,
    maxThreads: threads,
    logLevel: llamaPackage.LlamaLogLevel.error,
  });
  const loaded = await llama.loadModel({ modelPath: model.modelPath });
  const context = await loaded.createContext({ contextSize: contextTokens, sequences, threads });
  const free = Array.from({ length: sequences }, () => ({ sequence: context.getSequence(), conversation: '' }));

  return {
    /** How many `generate` may run at once. */
    concurrency: sequences,

    /**
     * Answers the last message, in pieces. A conversation that comes back finds what it already said evaluated, if no
     * more than two conversations are going on. An abort ends it after the present token.
     */
    async generate(options: {
      messages: readonly ChatMessage[];
      maxTokens: number;
      temperature: number;
      conversation: string;
      signal: AbortSignal;
      onText: (text: string) => void;
    }): Promise<{ promptTokens: number; completionTokens: number }> {
      const own = free.findIndex(({ conversation }) => conversation === options.conversation);
      const [slot] = free.splice(Math.max(own, 0), 1);
      if (!slot) throw new Error('More generations run than there are sequences.');
      const meter = slot.sequence.tokenMeter;
      const before = { input: meter.usedInputTokens, output: meter.usedOutputTokens };
      const session = new llamaPackage.LlamaChatSession({ contextSequence: slot.sequence, autoDisposeSequence: false });
      try {
        const { history, prompt } = toHistory(options.messages);
        session.setChatHistory(history);
        await session.prompt(prompt, {
          maxTokens: options.maxTokens,
          temperature: options.temperature,
          repeatPenalty: { penalty: 1.1 },
          signal: options.signal,
          stopOnAbortSignal: true,
          onTextChunk: options.onText,
        });
        options.signal.throwIfAborted();
      } finally {
        session.dispose();
        free.push({ sequence: slot.sequence, conversation: options.conversation });
      }
      return {
        promptTokens: meter.usedInputTokens - before.input,
        completionTokens: meter.usedOutputTokens - before.output,
      };
    },

    close: () => llama.dispose(),
  };
}

export type LoadedLanguageModel = Awaited<ReturnType<typeof loadLanguageModel>>;

/** The last message is the prompt; when the conversation does not end with the user, it is asked to go on. */
function toHistory(messages: readonly ChatMessage[]): { history: ChatHistoryItem[]; prompt: string } {
  const last = messages.at(-1);
  const prompt = last?.role === 'user' ? last.content : 'Please go on.';
  const earlier = last?.role === 'user' ? messages.slice(0, -1) : messages;
  const history = earlier.map(({ role, content }): ChatHistoryItem =>
    role === 'assistant' ? { type: 'model', response: [content] } : { type: role, text: content },
  );
  return { history, prompt };
}

import { AsyncIterableQueue } from '@livekit/agents';
import type { ChatModel } from '../../pipelines/chat-model.ts';
import type { ProviderError } from '../../pipelines/errors.ts';
import { loadProvider, type ProviderName } from '../../pipelines/index.ts';
import type { Transcriber } from '../../pipelines/transcriber.ts';
import type { Voice } from '../../pipelines/voice.ts';
import { voice } from './audio-for-test.ts';
import { chatForTest, contextForTest } from './call-for-test.ts';

/** Uses a provider once, and checks it: what a call and `parley check` are told. */
export async function tried(name: ProviderName, given: Record<string, unknown>) {
  const provider = await loadProvider(name);
  const options = provider.options.parse(given) as Record<string, unknown>;
  const instance = (await provider.create(options, contextForTest())) as Transcriber | ChatModel | Voice;
  instance.on('error', () => undefined);
  let failure: ProviderError | undefined;
  try {
    for await (const _ of used(instance));
  } catch (error) {
    failure = error as ProviderError;
  }
  await ('aclose' in instance ? instance.aclose() : instance.close());
  return { failure, check: await provider.check(options, { timeoutMs: 1_000 }) };
}

function used(instance: Transcriber | ChatModel | Voice): AsyncGenerator<unknown> {
  const { signal } = new AbortController();
  if ('generate' in instance)
    return instance.generate({
      chatCtx: chatForTest(),
      toolCtx: undefined,
      toolChoice: undefined,
      parallelToolCalls: undefined,
      signal,
    });
  if ('speak' in instance) {
    const text = new AsyncIterableQueue<string>();
    text.put('One moment, please.');
    text.close();
    return instance.speak({ text, signal, requestId: 'test', started: () => undefined });
  }
  const audio = new AsyncIterableQueue<ReturnType<typeof voice>[number]>();
  for (const frame of voice(800)) audio.put(frame);
  audio.close();
  return instance.transcribe({ audio, signal });
}

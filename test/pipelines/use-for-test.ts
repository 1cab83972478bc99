import { AsyncIterableQueue, type llm, type stt } from '@livekit/agents';
import type { ChatModel } from '../../pipelines/wire/chat-model.ts';
import type { ProviderError } from '../../pipelines/errors.ts';
import { FallbackModel } from '../../pipelines/fallback/fallback-llm.ts';
import { FallbackTranscriber } from '../../pipelines/fallback/fallback-stt.ts';
import { FallbackVoice } from '../../pipelines/fallback/fallback-tts.ts';
import { loadProvider, type ProviderName } from '../../pipelines/index.ts';
import type { Transcriber } from '../../pipelines/wire/transcriber.ts';
import type { Spoken, Voice } from '../../pipelines/wire/voice.ts';
import { voice } from './audio-for-test.ts';
import { chatForTest, contextForTest, standbysForTest } from './call-for-test.ts';
import { StandInEars, StandInMind, standInSample, standInText, StandInVoice } from './stand-ins.ts';

/**
 * Uses a provider once in a call where another stands by, and checks it: what a call and `parley check` are told, and
 * what the caller was given in the end.
 */
export async function tried(name: ProviderName, given: Record<string, unknown>) {
  const provider = await loadProvider(name);
  const options = provider.options.parse(given) as Record<string, unknown>;
  const context = contextForTest();
  const instance = await provider.create(options, context);
  const stage = stageOf(name, instance as Transcriber | ChatModel | Voice, context);
  stage.on('error', () => undefined);
  const delivered: unknown[] = [];
  for await (const item of used(stage)) delivered.push(item);
  await ('aclose' in stage ? stage.aclose() : stage.close());
  // That somebody speaks is told by the one that fails, too.
  const heardOf = delivered.filter((item) => !isBareEvent(item));
  const { failures } = context;
  const failure: ProviderError | undefined = failures[0]?.error;
  const check = await provider.check(options, { timeoutMs: 1_000 });
  return { failure, failures, check, servedByStandIn: heardOf.length > 0 && heardOf.every(isOfStandIn) };
}

function stageOf(
  name: ProviderName,
  instance: Transcriber | ChatModel | Voice,
  context: ReturnType<typeof contextForTest>,
) {
  if ('generate' in instance)
    return new FallbackModel(
      standbysForTest<ChatModel>('llm', { [name]: instance, 'scripted-llm': new StandInMind() }, { context }),
    );
  if ('speak' in instance)
    return new FallbackVoice(
      standbysForTest<Voice>('tts', { [name]: instance, 'piper-embedded-tts': new StandInVoice() }, { context }),
    );
  const standbys = standbysForTest<Transcriber>(
    'stt',
    { [name]: instance, 'moonshine-stt': new StandInEars() },
    { context },
  );
  return new FallbackTranscriber(standbys, () => undefined);
}

function used(stage: FallbackTranscriber | FallbackModel | FallbackVoice): AsyncGenerator<unknown> {
  const { signal } = new AbortController();
  if ('generate' in stage)
    return stage.generate({
      chatCtx: chatForTest(),
      toolCtx: undefined,
      toolChoice: undefined,
      parallelToolCalls: undefined,
      signal,
    });
  if ('speak' in stage) {
    const text = new AsyncIterableQueue<string>();
    text.put('One moment, please.');
    text.close();
    return stage.speak({ text, signal, requestId: 'test', started: () => undefined });
  }
  const audio = new AsyncIterableQueue<ReturnType<typeof voice>[number]>();
  for (const frame of voice(800)) audio.put(frame);
  audio.close();
  return stage.transcribe({ audio, signal });
}

function isOfStandIn(item: unknown): boolean {
  const { frame, delta, alternatives } = item as Partial<Spoken> & Partial<llm.ChatChunk> & Partial<stt.SpeechEvent>;
  if (frame) return frame.data.every((sample) => sample === standInSample);
  return (delta?.content ?? alternatives?.[0].text) === standInText;
}

const isBareEvent = (item: unknown) => 'type' in (item as object) && !('alternatives' in (item as object));

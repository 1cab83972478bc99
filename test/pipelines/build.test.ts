import { afterEach, expect, test } from 'vitest';
import { buildPipeline, checkPipeline, ProviderError, resolvePipeline, scriptSchema } from '../../pipelines/index.ts';
import { readConfig } from '../../src/config.ts';
import { startDeepgramDouble } from '../fakes/deepgram-double.ts';
import { startElevenLabsDouble } from '../fakes/elevenlabs-double.ts';
import { startOpenRouterDouble } from '../fakes/openrouter-double.ts';
import { chatForTest, contextForTest } from './call-for-test.ts';

const closings: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close();
});

async function cloudForTest(more: Record<string, string> = {}) {
  const [deepgram, openrouter, elevenlabs] = await Promise.all([
    startDeepgramDouble(),
    startOpenRouterDouble(),
    startElevenLabsDouble(),
  ]);
  closings.push(deepgram.close, openrouter.close, elevenlabs.close);
  const { providers: settings } = readConfig({
    DEEPGRAM_API_KEY: 'key',
    DEEPGRAM_URL: deepgram.url,
    DEEPGRAM_TTS_URL: deepgram.url,
    OPENROUTER_API_KEY: 'key',
    OPENROUTER_URL: openrouter.url,
    ELEVENLABS_API_KEY: 'key',
    ELEVENLABS_URL: elevenlabs.url,
    ...more,
  });
  const definition = resolvePipeline({ wanted: 'cloud', settings, available: { embedded: false } });
  return { deepgram, openrouter, elevenlabs, settings, definition };
}

test('a pipeline is built from settings alone, and says who serves and who stands by', async () => {
  const { settings, definition, elevenlabs } = await cloudForTest({ DEEPGRAM_MODEL: 'nova-3-medical' });
  const context = contextForTest();
  const pipeline = await buildPipeline({ definition, settings, context });
  expect(pipeline.describe()).toEqual({
    stt: { provider: 'deepgram-stt', model: 'nova-3-medical', fallbacks: [] },
    llm: { provider: 'openrouter-llm', model: 'openai/gpt-4.1-mini', fallbacks: [] },
    tts: { provider: 'elevenlabs-tts', model: 'eleven_flash_v2_5', fallbacks: ['deepgram-tts'] },
  });
  await expect.poll(() => elevenlabs.state.open).toBe(1);
  pipeline.llm.on('error', () => undefined);
  expect((await pipeline.llm.chat({ chatCtx: chatForTest() }).collect()).text).toContain('help you today');
  expect(context.usages).toMatchObject([{ provider: 'openrouter-llm', usd: 0.00014 }]);
  await Promise.all([pipeline.close(), pipeline.close()]);
  await expect.poll(() => elevenlabs.state.open).toBe(0);
});

test("an agent's options go before the operator's", async () => {
  const { settings, definition, openrouter } = await cloudForTest();
  const [first] = definition.llm;
  const pipeline = await buildPipeline({
    definition: { ...definition, llm: [{ ...first, options: { model: 'agent/choice', temperature: 0 } }] },
    settings,
    context: contextForTest(),
  });
  closings.push(() => pipeline.close());
  await pipeline.llm.chat({ chatCtx: chatForTest() }).collect();
  expect(openrouter.requests[0]).toMatchObject({ model: 'agent/choice', temperature: 0 });
});

test('a stage with a wrong option is refused, naming the option', async () => {
  const { settings, definition } = await cloudForTest();
  const wrong = { ...definition, tts: [{ provider: 'elevenlabs-tts', options: { speed: 9 } }] as const };
  const failure = await buildPipeline({ definition: wrong, settings, context: contextForTest() }).catch(
    (error: unknown) => error as ProviderError,
  );
  expect(failure).toBeInstanceOf(ProviderError);
  expect(failure).toMatchObject({ code: 'not_configured', message: expect.stringContaining('speed') as string });
});

test('a stand-in that cannot be created is left out, and that is told', async () => {
  const { settings, definition } = await cloudForTest();
  const context = contextForTest();
  const pipeline = await buildPipeline({
    definition: { ...definition, stt: [...definition.stt, { provider: 'moonshine-stt' }] },
    settings,
    context,
  });
  closings.push(() => pipeline.close());
  expect(pipeline.describe().stt).toMatchObject({ provider: 'deepgram-stt', fallbacks: [] });
  expect(context.logs.join()).toMatch(/Left out of the pipeline: moonshine-stt/);
});

test('a check names each provider, and is good when all that serve are', async () => {
  const { settings, definition, elevenlabs } = await cloudForTest();
  const good = await checkPipeline(definition, { settings });
  expect(good.providers.map(({ provider, ok }) => [provider, ok])).toEqual([
    ['silero-vad', true],
    ['deepgram-stt', true],
    ['openrouter-llm', true],
    ['elevenlabs-tts', true],
    ['deepgram-tts', false],
  ]);
  expect(good.ok).toBe(true);
  elevenlabs.behaviour.refuse = { status: 401, detail: { status: 'quota_exceeded', message: 'over' } };
  const bad = await checkPipeline(definition, { settings });
  expect(bad.ok).toBe(false);
  expect(bad.providers.find(({ provider }) => provider === 'elevenlabs-tts')?.message).toContain('quota');
});

test('a script stands in for the language models of its agent, without being named', async () => {
  const { settings, definition } = await cloudForTest();
  const script = scriptSchema.parse({ facts: [] });
  const built = async (more: object) => {
    const pipeline = await buildPipeline({ definition, settings, context: { ...contextForTest(), ...more } });
    closings.push(() => pipeline.close());
    return pipeline.describe().llm.fallbacks;
  };
  expect(await built({ script })).toEqual(['scripted-llm']);
  expect(await built({})).toEqual([]);
  expect(await built({ script, language: 'de-DE' })).toEqual([]);
});

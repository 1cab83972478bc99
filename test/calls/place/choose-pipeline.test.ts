import { expect, test } from 'vitest';
import { checkOptions, pipelinePresets, providerCatalog, resolvePipeline } from '../../../pipelines/index.ts';
import { type Agent, agentSchema } from '../../../src/agent-files/agent.ts';
import { checkedPipeline, choosePipeline } from '../../../src/calls/place/choose-pipeline.ts';
import type { PipelineDirectory } from '../../../src/calls/ports.ts';

const script = { facts: [] };
const settings = {
  'piper-http-tts': { url: 'http://gpu:5000' },
  'ollama-llm': { url: 'http://gpu:11434', model: 'm' },
};
const pipelines: PipelineDirectory = {
  presets: Object.values(pipelinePresets),
  checkOptions: (definition) => checkOptions(definition, settings),
  resolve: (wanted) => resolvePipeline({ wanted, settings, available: { embedded: true } }),
};

function anAgent(pipeline: unknown, rest: object = { script }): Agent {
  const front = agentSchema.parse({ description: 'x', greeting: 'Hello.', pipeline, ...rest });
  return { ...front, name: 'x', prompt: '', version: '0' };
}

test('auto becomes the name of what serves', () => {
  expect(choosePipeline({ agent: anAgent('auto'), pipelines })).toMatchObject({
    pipeline: 'embedded',
    pipelineOverrides: {},
  });
});

test('single stages of the request replace those of the agent, and the others stay', () => {
  const agent = anAgent({ preset: 'embedded', llm: 'ollama-llm', tts: 'piper-embedded-tts' });
  const chosen = choosePipeline({ agent, asked: { tts: 'piper-http-tts' }, pipelines });
  expect(chosen).toMatchObject({
    pipeline: 'embedded',
    pipelineOverrides: { llm: 'ollama-llm', tts: 'piper-http-tts' },
  });
  expect(chosen.definition.tts[0].provider).toBe('piper-http-tts');
});

test('a preset by name in the request drops the stages of the agent', () => {
  const agent = anAgent({ preset: 'embedded', tts: 'piper-http-tts' });
  expect(choosePipeline({ agent, asked: 'embedded', pipelines }).pipelineOverrides).toEqual({});
});

test('what the row keeps builds the same pipeline again', () => {
  const agent = anAgent({ preset: 'auto', llm: 'ollama-llm' });
  const { pipeline, pipelineOverrides, definition } = choosePipeline({ agent, pipelines });
  expect(pipelines.resolve({ ...pipelineOverrides, preset: pipeline })).toEqual(definition);
});

test('a provider of another stage is refused', () => {
  expect(() => choosePipeline({ agent: anAgent('auto'), asked: { stt: 'ollama-llm' }, pipelines })).toThrow(
    expect.objectContaining({ code: 'pipeline_not_found', field: 'pipeline.stt' }),
  );
});

test('an agent without a script is not given the scripted responder', () => {
  expect(() => choosePipeline({ agent: anAgent('embedded', {}), pipelines })).toThrow(/no.*script|script/i);
  const model = choosePipeline({ agent: anAgent({ preset: 'embedded', llm: 'ollama-llm' }, {}), pipelines });
  expect(model.definition.llm[0].provider).toBe('ollama-llm');
});

test.each([
  [
    { llm: { provider: 'ollama-llm', options: { temprature: 1 } } },
    /ollama-llm.*takes no option temprature; its options are .*temperature/,
  ],
  [{ llm: { provider: 'scripted-llm', options: { model: 'x' } } }, /scripted-llm.*takes no option model; it has none/],
  [{ tts: { provider: 'piper-http-tts', options: { speed: 'fast' } } }, /piper-http-tts/],
])('options that a provider does not take are refused before anybody is called: %j', async (asked, fault) => {
  const refused = checkedPipeline({ agent: anAgent('embedded'), asked: asked as never, pipelines });
  await expect(refused).rejects.toMatchObject({ code: 'pipeline_not_configured', field: 'pipeline', message: fault });
});

test('no provider takes an option that it does not know', async () => {
  const roles = ['vad', 'stt', 'llm', 'tts'] as const;
  for (const [provider, { role }] of Object.entries(providerCatalog)) {
    const { definition } = choosePipeline({ agent: anAgent('embedded'), pipelines });
    const stage = { provider, options: { surprise: 1 } };
    const stages = Object.fromEntries(roles.map((name) => [name, name === role ? [stage] : []]));
    await expect(checkOptions({ ...definition, ...stages } as never, settings), provider).rejects.toThrow(
      /no option surprise/,
    );
  }
});

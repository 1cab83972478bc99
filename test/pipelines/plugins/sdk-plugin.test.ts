import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tts, version } from '@livekit/agents';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  checkProvider,
  loadProvider,
  type ProviderSettings,
  priceUsage,
  resolvePipeline,
} from '../../../pipelines/index.ts';
import { PluginVoice } from '../../../pipelines/plugins/plugin-voice.ts';
import { startOpenRouterDouble } from '../../fakes/openrouter-double.ts';
import { chatForTest, contextForTest } from '../call-for-test.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plugins-'));
  await writeFile(join(folder, 'load.mjs'), 'export const load = (name) => import(name);\n');
});
afterAll(() => rm(folder, { recursive: true }));

/** A package in the folder of plugins, as `parley plugin add` leaves it. */
async function install(name: string, { peer = version, code = '' }: { peer?: string; code?: string }): Promise<void> {
  const home = join(folder, 'node_modules', name);
  await mkdir(home, { recursive: true });
  const manifest = {
    name,
    version: '3.1.4',
    type: 'module',
    main: 'index.js',
    peerDependencies: { '@livekit/agents': peer },
  };
  await writeFile(join(home, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(home, 'index.js'), code);
}

const settings = (environment: Record<string, string> = {}): ProviderSettings => ({ plugins: { folder, environment } });
const check = (plugin: string, options: Record<string, unknown> = {}, environment = {}) =>
  checkProvider({ provider: `${plugin}/llm`, options }, { settings: settings(environment) });

describe('a plugin that cannot serve is told of in one sentence, which names the package and what to do', () => {
  test.each([
    ['no-such-plugin', {}, 'the plugin is not installed. Run `parley plugin add no-such-plugin`.'],
    ['made-for-another', {}, `made-for-another 3.1.4 is made for @livekit/agents 2.0.0, and this is ${version}.`],
    ['breaks-in-loading', {}, 'breaks-in-loading 3.1.4 does not load (no such binary).'],
    ['has-no-class', {}, 'has-no-class has no llm of this SDK that is called LLM.'],
    ['@livekit/agents-plugin-openai', { export: 'Realtime' }, 'Correct the field export: it has LLM.'],
    ['@livekit/agents-plugin-openai', {}, 'the plugin does not start: OpenAI API key is required'],
    ['@livekit/agents-plugin-openai', { options: { apiKey: { env: 'NO_SUCH_KEY' } } }, 'Set NO_SUCH_KEY'],
    ['../../etc', {}, 'is not the name of a package'],
  ])('%s %o', async (plugin, options, says) => {
    await install('made-for-another', { peer: '2.0.0' });
    await install('breaks-in-loading', { code: 'throw new Error("no such binary");' });
    await install('has-no-class', { code: 'export class LLM {}' });
    const { ok, message } = await check(plugin, options);
    expect(ok).toBe(false);
    expect(message).toContain(`${plugin}/llm: `);
    expect(message).toContain(says);
    expect(message).not.toContain('\n');
  });

  test('a key may come from the environment, and is in no message', async () => {
    const { ok, message } = await check(
      '@livekit/agents-plugin-openai',
      { options: { apiKey: { env: 'OPENAI_API_KEY' } } },
      { OPENAI_API_KEY: 'sk-secret' },
    );
    expect({ ok, hasKey: message.includes('sk-secret') }).toEqual({ ok: true, hasKey: false });
  });
});

test('an agent file names a plugin, which answers, is priced by the list, and is followed by others', async () => {
  const far = await startOpenRouterDouble();
  const context = contextForTest();
  const definition = resolvePipeline({
    wanted: {
      preset: 'embedded',
      llm: {
        plugin: '@livekit/agents-plugin-openai',
        options: { baseURL: far.url, apiKey: { env: 'OPENAI_API_KEY' }, model: 'gpt-4.1-mini' },
        timeout_ms: 2_000,
      },
    },
    settings: {},
    available: { embedded: true },
  });
  expect(definition.llm.map(({ provider }) => provider)).toEqual(['@livekit/agents-plugin-openai/llm', 'scripted-llm']);
  const provider = await loadProvider('@livekit/agents-plugin-openai/llm');
  const stage = definition.llm[0];
  const chosen: unknown = provider.options.parse({ ...settings({ OPENAI_API_KEY: 'key' }).plugins, ...stage.options });
  const model = await provider.create(chosen, context);
  if (!('generate' in model)) throw new Error('It is no language model.');
  expect((await model.chat({ chatCtx: chatForTest() }).collect()).text).toBe('Hello, how can I help you today?');
  await model.aclose();
  const [usage] = context.usages;
  expect(usage).toMatchObject({ provider: '@livekit/agents-plugin-openai/llm', unit: 'token', model: 'gpt-4.1-mini' });
  expect(priceUsage(usage!, [])).toMatchObject({ usd: '0', priced: false });
  const row = { provider: '@livekit/agents-plugin-openai/llm', model: '*', unit: 'token', usd: '0.001' } as const;
  const priced = priceUsage(usage!, [{ ...row, as_of: '2026-11-01', source: 'contract' }]);
  expect(priced).toMatchObject({ priced: true, source: 'list' });
  expect(Number(priced.usd)).toBeCloseTo(usage!.quantity / 1_000);
  await far.close();
});

test('a plugin that leaves a listener behind with each use is told of once', async () => {
  class Leaking extends tts.TTS {
    label = 'leaking';
    constructor() {
      super(16_000, 1, { streaming: false });
      this.setMaxListeners(100);
    }
    synthesize(): never {
      this.on('metrics_collected', () => undefined);
      throw new Error('nothing is spoken');
    }
    stream(): never {
      throw new Error('not streaming');
    }
  }
  const context = contextForTest();
  const explain = (error: unknown) => error as never;
  const name = 'leaking-plugin/tts';
  const voice = new PluginVoice({ name, instance: new Leaking(), context, timeoutMs: 500, cure: '', explain });
  voice.on('error', () => undefined);
  for (let use = 0; use < 15; use += 1) {
    const stream = voice.stream();
    stream.pushText('Yes, of course.');
    stream.endInput();
    for await (const _ of stream);
  }
  const told = context.logs.filter((line) => line.includes('listeners behind'));
  expect(told).toHaveLength(1);
  expect(told[0]).toContain('leaking-plugin/tts: the plugin left 10 listeners behind after 10 uses');
});

import { describe, expect, test } from 'vitest';
import { type ProviderSettings, resolvePipeline, type WantedPipeline } from '../../pipelines/index.ts';
import { readConfig } from '../../src/config.ts';

const cloudKeys = { DEEPGRAM_API_KEY: 'd', OPENROUTER_API_KEY: 'o', ELEVENLABS_API_KEY: 'e' };
const lanUrls = {
  WHISPERLIVE_URL: 'ws://box:9090',
  OLLAMA_URL: 'http://box:11434',
  OLLAMA_MODEL: 'llama3.1:8b',
  PIPER_URL: 'http://box:5000',
};

function resolve(wanted: WantedPipeline, env: Record<string, string> = {}, embedded = true) {
  const settings: ProviderSettings = readConfig(env).providers;
  const { name, stt, llm, tts } = resolvePipeline({ wanted, settings, available: { embedded } });
  return { name, stages: [stt, llm, tts].map((stages) => stages.map(({ provider }) => provider)) };
}

describe('which providers serve a call', () => {
  test('the three cloud keys alone are enough for the cloud pipeline', () => {
    expect(resolve('cloud', cloudKeys, false)).toEqual({
      name: 'cloud',
      stages: [['deepgram-stt'], ['openrouter-llm'], ['elevenlabs-tts', 'deepgram-tts']],
    });
  });

  test('without an ElevenLabs key, Deepgram speaks as well as it listens', () => {
    const { ELEVENLABS_API_KEY: _, ...keys } = cloudKeys;
    expect(resolve('cloud', keys, false).stages).toEqual([['deepgram-stt'], ['openrouter-llm'], ['deepgram-tts']]);
  });

  test.each<[string, Record<string, string>, string[]]>([
    ['a server of your own that only recognises', { DEEPGRAM_URL: 'ws://box:8000' }, ['piper-http-tts']],
    [
      'one that speaks, too',
      { DEEPGRAM_URL: 'ws://box:8000', DEEPGRAM_TTS_URL: 'http://box:8000' },
      ['deepgram-tts', 'piper-http-tts'],
    ],
    ['Deepgram in Europe', { DEEPGRAM_URL: 'wss://api.eu.deepgram.com' }, ['deepgram-tts', 'piper-http-tts']],
  ])('%s at DEEPGRAM_URL: %j', (_what, urls, voices) => {
    const env = { DEEPGRAM_API_KEY: 'd', OPENROUTER_API_KEY: 'o', ...lanUrls, ...urls };
    const wanted = { preset: 'cloud', tts: voices[0] };
    expect(resolve(wanted, env, false).stages[2]).toEqual(voices);
    expect(resolve({ ...wanted, tts: undefined }, { ...env, ELEVENLABS_API_KEY: 'e' }, false).stages[2]).toEqual([
      'elevenlabs-tts',
      ...voices,
    ]);
  });

  test('the four LAN settings alone are enough for the LAN pipeline', () => {
    expect(resolve('lan', lanUrls, false)).toEqual({
      name: 'lan',
      stages: [['whisperlive-stt'], ['ollama-llm'], ['piper-http-tts']],
    });
  });

  test('no setting at all is enough for the embedded pipeline', () => {
    expect(resolve('embedded').stages).toEqual([['moonshine-stt'], ['scripted-llm'], ['piper-embedded-tts']]);
  });

  test('an embedded language model serves once it is asked for, and the scripted responder stands by', () => {
    const { stages } = resolve('embedded', { PARLEY_EMBEDDED_LLM: 'qwen2.5-0.5b-instruct' });
    expect(stages[1]).toEqual(['embedded-llm', 'scripted-llm']);
  });

  test('who does not know the language of the call neither serves nor stands by', () => {
    const request = { settings: readConfig(cloudKeys).providers, available: { embedded: true } };
    const { stt, tts } = resolvePipeline({ ...request, wanted: 'auto', language: 'fr' });
    expect([...stt, ...tts].map(({ provider }) => provider)).toEqual([
      'deepgram-stt',
      'elevenlabs-tts',
      'deepgram-tts',
    ]);
    expect(() => resolvePipeline({ ...request, wanted: 'embedded', language: 'fr-CA' })).toThrow(
      /a language that moonshine-stt knows \(not fr-CA\)/,
    );
    expect(resolvePipeline({ ...request, wanted: 'embedded', language: 'en-GB' }).name).toBe('embedded');
  });

  test.each<[string, Record<string, string>, { language?: string; telephone?: boolean }, string[]]>([
    ['on telephone lines', {}, { telephone: true }, ['deepgram-flux-stt', 'deepgram-stt']],
    ['of its languages', {}, { telephone: true, language: 'pt-BR' }, ['deepgram-flux-stt', 'deepgram-stt']],
    ['not in others', {}, { telephone: true, language: 'pl' }, ['deepgram-stt']],
    ['not in the browser', {}, { telephone: false }, ['deepgram-stt']],
    ['not where a model was chosen', { DEEPGRAM_MODEL: 'nova-3-medical' }, { telephone: true }, ['deepgram-stt']],
    ['not on a server of your own', { DEEPGRAM_URL: 'ws://box:8000' }, { telephone: true }, ['deepgram-stt']],
    [
      'in Europe, too',
      { DEEPGRAM_URL: 'wss://api.eu.deepgram.com' },
      { telephone: true },
      ['deepgram-flux-stt', 'deepgram-stt'],
    ],
  ])('Deepgram finds the end of turns itself %s', (_, env, call, ears) => {
    const settings = readConfig({ ...cloudKeys, ...env }).providers;
    const { stt } = resolvePipeline({ wanted: 'cloud', settings, available: { embedded: false }, ...call });
    expect(stt.map(({ provider }) => provider)).toEqual(ears);
  });

  test('an agent that names its recogniser is heard by it on the telephone', () => {
    const settings = readConfig(cloudKeys).providers;
    const wanted = { preset: 'cloud', stt: 'deepgram-stt' };
    const { stt } = resolvePipeline({ wanted, settings, available: { embedded: false }, telephone: true });
    expect(stt).toEqual([{ provider: 'deepgram-stt' }]);
  });

  test('a Piper address that begins with tcp is a Wyoming server', () => {
    expect(resolve('lan', { ...lanUrls, PIPER_URL: 'tcp://box:10200' }, false).stages[2]).toEqual([
      'piper-wyoming-tts',
    ]);
  });

  test.each([
    ['cloud', { ...cloudKeys, ...lanUrls }],
    ['lan', lanUrls],
    ['embedded', {}],
    ['embedded', { DEEPGRAM_API_KEY: 'd', WHISPERLIVE_URL: 'ws://box:9090' }],
  ])('auto is %s when that is the first that is configured whole', (name, env) => {
    expect(resolve('auto', env).name).toBe(name);
  });

  test('what is configured besides stands by, nearest first, and the embedded models last', () => {
    expect(resolve('cloud', { ...cloudKeys, ...lanUrls }).stages).toEqual([
      ['deepgram-stt', 'whisperlive-stt', 'moonshine-stt'],
      ['openrouter-llm', 'ollama-llm', 'scripted-llm'],
      ['elevenlabs-tts', 'deepgram-tts', 'piper-http-tts', 'piper-embedded-tts'],
    ]);
  });

  test('an agent may replace single stages, with options', () => {
    const settings: ProviderSettings = readConfig({ ...lanUrls, DEEPGRAM_API_KEY: 'd' }).providers;
    const wanted = { preset: 'lan', stt: { provider: 'deepgram-stt', options: { keyterms: ['Parley'] } } };
    const { stt } = resolvePipeline({ wanted, settings, available: { embedded: false } });
    expect(stt).toEqual([
      { provider: 'deepgram-stt', options: { keyterms: ['Parley'] } },
      { provider: 'whisperlive-stt' },
    ]);
  });

  test.each<[WantedPipeline, Record<string, string>, boolean, RegExp]>([
    ['cloud', { OPENROUTER_API_KEY: 'o' }, true, /^cloud: .*cloud needs DEEPGRAM_API_KEY, ELEVENLABS_API_KEY\.$/],
    ['lan', { OLLAMA_URL: 'http://box:11434' }, true, /lan needs WHISPERLIVE_URL, OLLAMA_MODEL, PIPER_URL\.$/],
    ['embedded', {}, false, /embedded needs PARLEY_EMBEDDED=1\.$/],
    ['auto', {}, false, /cloud needs .*; lan needs .*; embedded needs /],
    [{ tts: 'deepgram-tts' }, { ...cloudKeys, DEEPGRAM_URL: 'ws://box:8000' }, false, /needs DEEPGRAM_TTS_URL;/],
    [{ preset: 'embedded', llm: 'openrouter-llm' }, {}, true, /embedded needs OPENROUTER_API_KEY\.$/],
    ['mars', {}, true, /no such pipeline\. Use auto, cloud, lan, embedded\.$/],
    [{ stt: 'elevenlabs-tts' }, {}, true, /no such stt provider\. Use deepgram-stt, /],
  ])('%j with too little says what is missing', (wanted, env, embedded, says) => {
    let message = '';
    try {
      resolve(wanted, env, embedded);
    } catch (error) {
      expect(error).toMatchObject({ name: 'ProviderError', code: 'not_configured' });
      message = (error as Error).message;
    }
    expect(message).toMatch(says);
  });
});

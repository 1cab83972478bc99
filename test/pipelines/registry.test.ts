import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import {
  isProviderName,
  loadProvider,
  pipelinePresets,
  providerCatalog,
  providerNames,
} from '../../pipelines/index.ts';
import { settings } from '../../src/settings.ts';

const folder = new URL('../../pipelines/', import.meta.url);

describe('the table of providers', () => {
  test('names each file of the folder, and nothing else', async () => {
    const files = (await readdir(new URL('providers', folder))).map((file) => file.replace(/\.ts$/, ''));
    // `sdk-plugin` is a provider for each package that an agent file names.
    expect([...providerNames, 'sdk-plugin'].toSorted()).toEqual(files.toSorted());
  });

  test.each(providerNames)('%s is what its file says', async (name) => {
    const provider = await loadProvider(name);
    const { role, hosting, needs } = providerCatalog[name];
    expect({ name: provider.name, role: provider.role, hosting: provider.hosting }).toEqual({ name, role, hosting });
    expect([...provider.requires].toSorted()).toEqual(Object.keys(needs).toSorted());
    for (const variable of Object.values(needs)) expect(Object.keys(settings)).toContain(variable);
    for (const option of provider.requires) expect(Object.keys(provider.options.shape as object)).toContain(option);
    expect(provider.priceUnit === 'none').toBe(hosting !== 'cloud');
  });

  test.each(providerNames)('%s runs with defaults for everything but what it requires', async (name) => {
    const provider = await loadProvider(name);
    const url =
      providerCatalog[name].hosting === 'lan'
        ? name.includes('wyoming')
          ? 'tcp://a:1'
          : name.startsWith('whisper')
            ? 'ws://a'
            : 'http://a'
        : 'wss://a';
    const given = Object.fromEntries(provider.requires.map((option) => [option, option === 'url' ? url : 'x']));
    expect(() => provider.options.parse(given)).not.toThrow();
    expect(() => provider.options.parse({ ...given, noSuchOption: 1 })).toThrow();
  });

  test('a name that is not in it is no provider', () => {
    expect(isProviderName('toString')).toBe(false);
    expect(isProviderName('deepgram-stt')).toBe(true);
  });

  test('the README lists each provider with its role, its place, its settings and its unit', async () => {
    const readme = await readFile(new URL('README.md', folder), 'utf8');
    const rows = [...readme.matchAll(/^\| `([a-z-]+)` \| (\w+) \| (\w+) \| ([^|]*) \| (\w+) \|/gm)];
    const listed = Object.fromEntries(rows.map(([, name, ...cells]) => [name, cells.map((cell) => cell.trim())]));
    const expected = await Promise.all(
      providerNames.map(async (name) => {
        const { role, hosting, needs } = providerCatalog[name];
        const { priceUnit } = await loadProvider(name);
        const variables = Object.values(needs).map((variable) => `\`${variable}\``);
        return [name, [role, hosting, variables.join(', ') || '–', priceUnit]];
      }),
    );
    expect(listed).toEqual(Object.fromEntries(expected));
  });

  test('each preset names providers of the right role only', () => {
    for (const preset of Object.values(pipelinePresets))
      for (const role of ['stt', 'llm', 'tts'] as const)
        for (const stage of preset[role]) expect(providerCatalog[stage.provider].role).toBe(role);
  });

  test('a LAN pipeline never falls back to a hosted service', () => {
    const { stt, llm, tts } = pipelinePresets.lan;
    for (const { provider } of [...stt, ...llm, ...tts]) expect(providerCatalog[provider].hosting).not.toBe('cloud');
  });
});

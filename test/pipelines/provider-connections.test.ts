import dns from 'node:dns';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { generate } from 'selfsigned';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { ProviderName } from '../../pipelines/index.ts';
import { tried } from './use-for-test.ts';

const closings: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close();
});

type LookedUp = (error: NodeJS.ErrnoException) => void;

const key = { apiKey: 'key' };
const llama = { model: 'llama3.1:8b' };

describe('a server that cannot be reached is told apart', () => {
  const connected: [ProviderName, string, Record<string, unknown>, string][] = [
    ['deepgram-stt', 'ws', key, 'DEEPGRAM_URL'],
    ['deepgram-flux-stt', 'ws', key, 'DEEPGRAM_URL'],
    ['deepgram-tts', 'ws', key, 'DEEPGRAM_TTS_URL'],
    ['whisperlive-stt', 'ws', {}, 'WHISPERLIVE_URL'],
    ['whisperlivekit-stt', 'ws', {}, 'WHISPERLIVEKIT_URL'],
    ['openai-compatible-stt', 'http', {}, 'OPENAI_COMPATIBLE_STT_URL'],
    ['openrouter-llm', 'http', key, 'OPENROUTER_URL'],
    ['ollama-llm', 'http', llama, 'OLLAMA_URL'],
    ['openai-compatible-llm', 'http', llama, 'OPENAI_COMPATIBLE_LLM_URL'],
    ['elevenlabs-tts', 'ws', key, 'ELEVENLABS_URL'],
    ['piper-http-tts', 'http', {}, 'PIPER_URL'],
    ['openai-compatible-tts', 'http', {}, 'OPENAI_COMPATIBLE_TTS_URL'],
    ['piper-wyoming-tts', 'tcp', {}, 'PIPER_URL'],
  ];

  test.each(connected)('%s: nothing listens', async (name, scheme, options, setting) => {
    const port = await freePort();
    const { failure, check } = await tried(name, { url: `${scheme}://127.0.0.1:${port}`, ...options });
    expect(failure).toMatchObject({ code: 'unreachable', retryable: true });
    expect(failure?.message).toContain(`nothing listens at 127.0.0.1:${port}`);
    expect(failure?.message).toContain(setting);
    expect(check.message).toBe(failure?.message);
  });

  test.each(connected)('%s: the host name is not known', async (name, scheme, options, setting) => {
    // A resolver that answers: a real one may take longer than a provider waits.
    const lookup = vi.spyOn(dns, 'lookup').mockImplementation(((host: string, _options: unknown, done: LookedUp) => {
      setImmediate(done, Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' }));
    }) as typeof dns.lookup);
    closings.push(() => lookup.mockRestore());
    const { failure, check } = await tried(name, { url: `${scheme}://gpu-box.invalid:9090`, ...options });
    expect(failure?.code).toBe('unreachable');
    expect(failure?.message).toMatch(/gpu-box\.invalid is not known \(DNS\)/);
    expect(failure?.message).toContain(setting);
    expect(check.message).toBe(failure?.message);
    expect(lookup).toHaveBeenCalled();
  });

  test.each(connected.filter(([, scheme]) => scheme !== 'tcp'))(
    '%s: the certificate is not valid',
    async (name, scheme, options, setting) => {
      const { private: keyPem, cert } = await generate([{ name: 'commonName', value: 'localhost' }]);
      const server = createTlsServer({ key: keyPem, cert });
      await new Promise<void>((resolve) => {
        server.listen(0, '127.0.0.1', resolve);
      });
      closings.push(() => {
        server.close();
        server.closeAllConnections();
      });
      const { port } = server.address() as AddressInfo;
      const { failure } = await tried(name, { url: `${scheme}s://127.0.0.1:${port}`, ...options });
      expect(failure).toMatchObject({ code: 'unreachable', retryable: false });
      expect(failure?.message).toMatch(/TLS with 127\.0\.0\.1:\d+ failed/);
      expect(failure?.message).toContain(setting);
    },
  );
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

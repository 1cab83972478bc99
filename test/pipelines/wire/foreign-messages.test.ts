import { afterEach, expect, test } from 'vitest';
import type { ProviderName } from '../../../pipelines/index.ts';
import { startSocketDouble } from '../../fakes/socket-double.ts';
import { tried } from '../use-for-test.ts';

const closings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0)) await close();
});

const key = { apiKey: 'key' };
const providers: [ProviderName, string, Record<string, unknown>][] = [
  ['deepgram-stt', 'DEEPGRAM_URL', key],
  ['deepgram-flux-stt', 'DEEPGRAM_URL', key],
  ['whisperlive-stt', 'WHISPERLIVE_URL', {}],
  ['whisperlivekit-stt', 'WHISPERLIVEKIT_URL', {}],
  ['elevenlabs-tts', 'ELEVENLABS_URL', key],
];
const messages = ['<html>hello</html>', '"hello"', '{"type":1,"status":1,"audio":1}'];

test.each(providers)('%s: a server of another protocol is told, and another serves', async (name, setting, options) => {
  for (const message of messages) {
    const far = await startSocketDouble({
      behaviour: {},
      state: {},
      refusal: () => undefined,
      serve: ({ socket }) => socket.send(message),
    });
    closings.push(far.close);
    const { failure, servedByStandIn } = await tried(name, { url: far.url, ...options });
    expect(failure, message).toMatchObject({ code: 'protocol', retryable: false });
    expect(failure?.message).toMatch(new RegExp(`^${name}: [^\n]{10,300}Correct ${setting}\\.$`));
    expect(servedByStandIn).toBe(true);
  }
});

import type { SettingName } from '../../settings.ts';
import type { Check } from '../check.ts';
import { hostAndPort, isLoopback, portOf } from '../connection-trouble.ts';
import { failed, ok, skipped } from '../finding.ts';
import { openConnection } from '../open-connection.ts';

/** Servers that Parley connects to. */
const servers = [
  'DATABASE_URL',
  'REDIS_URL',
  'LIVEKIT_URL',
  'DEEPGRAM_URL',
  'DEEPGRAM_TTS_URL',
  'OPENROUTER_URL',
  'ELEVENLABS_URL',
  'WHISPERLIVE_URL',
  'WHISPERLIVEKIT_URL',
  'OLLAMA_URL',
  'PIPER_URL',
  'OPENAI_COMPATIBLE_STT_URL',
  'OPENAI_COMPATIBLE_LLM_URL',
  'OPENAI_COMPATIBLE_TTS_URL',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
] as const satisfies readonly SettingName[];

export const container: Check = {
  about: 'In a container: addresses such as 127.0.0.1 that lead to the container itself, where nobody answers.',
  async run({ config, machine }, signal) {
    if (!machine.inContainer) return skipped('This is not a container.');
    const local = servers.flatMap((name) => {
      const value = config[name];
      if (!value) return [];
      const url = new URL(value);
      return isLoopback(url.hostname) ? [{ name, url }] : [];
    });
    const answers = await Promise.all(local.map(async (each) => ({ ...each, open: await isOpen(each.url, signal) })));
    const wrong = answers.filter(({ open }) => !open);
    if (wrong.length > 0)
      return wrong.map(({ name, url }) =>
        failed(
          `${name} leads to ${hostAndPort(url)}, where nobody answers in this container.`,
          'Inside a container 127.0.0.1 is the container itself: use the name of the service or of the host, or `network_mode: host`.',
        ),
      );
    return ok(local.length > 0 ? 'What is set to this host answers here.' : 'No setting leads to this host.');
  },
};

function isOpen(url: URL, signal: AbortSignal): Promise<boolean> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return openConnection({ host, port: portOf(url), signal }).then(
    () => true,
    () => false,
  );
}

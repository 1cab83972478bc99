import { ProviderError } from '../errors.ts';
import type { Voice } from '../wire/voice.ts';

/** Has one word spoken, for the check of a voice that costs nothing, and returns its sample rate in Hz. @throws ProviderError */
export async function firstSound(voice: Voice, { setting, timeoutMs }: { setting: string; timeoutMs: number }) {
  const text = (async function* () {
    yield 'Hello.';
  })();
  const signal = AbortSignal.timeout(timeoutMs);
  for await (const { frame } of voice.speak({ text, signal, requestId: 'check', started: () => undefined }))
    return frame.sampleRate;
  if (signal.aborted)
    throw new ProviderError('timeout', voice.label, `no sound within ${timeoutMs} ms. Check the server of ${setting}.`);
  throw new ProviderError('protocol', voice.label, `the server answers without any sound. Correct ${setting}.`);
}

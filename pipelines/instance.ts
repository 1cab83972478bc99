import type { llm, stt, tts } from '@livekit/agents';

type Instance = stt.STT | llm.LLM | tts.TTS;

/** Ends what a provider instance holds: the SDK names it `aclose` on language models and `close` on the others. */
export async function closeInstance(instance: Instance): Promise<void> {
  if ('aclose' in instance) await instance.aclose();
  else await instance.close();
}

export function instanceModel(instance: { model: string }): string {
  return instance.model;
}

import type { EngineClient } from '../../pipelines/index.ts';
import type { Transcribe } from './caller-report.ts';
import type { Speak } from './prepare-step.ts';

/** The caller's own mouth and ears: the embedded voice and recogniser, apart from those of the agent. */
export function embeddedVoice(engine: EngineClient): { speak: Speak; transcribe: Transcribe } {
  return {
    async speak(text, signal) {
      const parts: Int16Array[] = [];
      const { sampleRateHz } = await engine.synthesize(text, { signal, onAudio: (pcm) => void parts.push(pcm) });
      const pcm = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
      let at = 0;
      for (const part of parts) {
        pcm.set(part, at);
        at += part.length;
      }
      return { pcm, sampleRateHz };
    },
    async transcribe({ pcm }, signal) {
      return (await engine.transcribe(pcm, { signal })).text;
    },
  };
}

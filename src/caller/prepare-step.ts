import { type CallerStep, callerStepSchema } from './caller-script.ts';
import { callerRateHz } from './microphone.ts';
import { resample } from './resample.ts';
import { type Pcm, readWav, toMono } from './wav.ts';

/** The caller's voice: mono samples of a text. */
export type Speak = (text: string, signal?: AbortSignal) => Promise<Pcm>;

export type PreparedStep = ReturnType<typeof callerStepSchema.parse> & {
  /** What is said, at the caller's rate; null for a step that listens. */
  audio: Int16Array | null;
  /** The text or the file's path. */
  said: string | null;
};

/** Checks a step and makes its audio, before the call: synthesis must not disturb the timing. */
export async function prepareStep(step: CallerStep, speak?: Speak, signal?: AbortSignal): Promise<PreparedStep> {
  const { say, ...rest } = step;
  const checked = callerStepSchema.parse(rest);
  if (say === undefined) return { ...checked, audio: null, said: null };
  if (typeof say === 'string') {
    if (!speak) throw new Error('The script says text: give the caller a voice (`speak`), or a WAV.');
    return { ...checked, audio: resample(await speak(say, signal), callerRateHz).pcm, said: say };
  }
  if ('wav' in say)
    return { ...checked, audio: resample(toMono(await readWav(say.wav)), callerRateHz).pcm, said: say.text ?? say.wav };
  return { ...checked, audio: resample(say, callerRateHz).pcm, said: null };
}

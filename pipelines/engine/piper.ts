import { toPcm } from './frames.ts';
import { requireReadable, type Sherpa } from './sherpa.ts';

/** Paths of a Piper voice with sherpa-onnx's metadata, and of the eSpeak NG data folder. */
export type PiperModel = { modelPath: string; tokensPath: string; espeakDataDir: string };

/** The rate inside a call. Resampled here, so that the call processes and the socket carry less. */
const outputRateHz = 16_000;

export async function loadPiper(sherpa: Sherpa, model: PiperModel) {
  await requireReadable([model.modelPath, model.tokensPath, `${model.espeakDataDir}/phontab`]);
  const voice = await sherpa.OfflineTts.createAsync({
    model: {
      vits: {
        model: model.modelPath,
        tokens: model.tokensPath,
        dataDir: model.espeakDataDir,
        noiseScale: 0.667,
        noiseScaleW: 0.8,
        lengthScale: 1,
      },
      numThreads: 1,
      provider: 'cpu',
      debug: 0,
    },
    maxNumSentences: 1,
  });

  return {
    sampleRateHz: outputRateHz,

    /**
     * Speaks a text, sentence by sentence. An abort stops it before the next sentence; what is left of the present one
     * is dropped. Text without letters or digits is silence: the voice would make noise of it.
     */
    async synthesize(options: {
      text: string;
      speed: number;
      signal: AbortSignal;
      onAudio: (pcm: Int16Array) => void;
    }): Promise<void> {
      const { signal, onAudio } = options;
      if (!/[\p{L}\p{N}]/u.test(options.text)) return;
      const resampler = new sherpa.LinearResampler(voice.sampleRate, outputRateHz);
      await voice.generateAsync({
        text: options.text,
        sid: 0,
        speed: options.speed,
        enableExternalBuffer: false,
        onProgress: ({ samples }) => {
          if (signal.aborted) return 0;
          onAudio(toPcm(resampler.resample(samples)));
          return 1;
        },
      });
      signal.throwIfAborted();
      const tail = resampler.flush(new Float32Array(0));
      if (tail.length > 0) onAudio(toPcm(tail));
    },
  };
}

export type Piper = Awaited<ReturnType<typeof loadPiper>>;

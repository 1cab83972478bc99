import { toFloat } from './frames.ts';
import { requireReadable, type Sherpa } from './sherpa.ts';
import { speechParts } from './speech-parts.ts';

/** Paths of the files of a Moonshine model, as sherpa-onnx wants them. */
export type MoonshineModel = { encoderPath: string; decoderPath: string; tokensPath: string };

const sampleRateHz = 16_000;
/** sherpa-onnx 1.13 answers with an empty text beyond about 9.2 s (its issue 3975). */
const longestSamples = 9 * sampleRateHz;
/** Shorter than any word; the encoder fails on less than its first convolutions span. */
const shortestSamples = 0.1 * sampleRateHz;
const pauseSamples = 0.1 * sampleRateHz;

export async function loadMoonshine(sherpa: Sherpa, model: MoonshineModel) {
  await requireReadable([model.encoderPath, model.decoderPath, model.tokensPath]);
  const recognizer = await sherpa.OfflineRecognizer.createAsync({
    featConfig: { sampleRate: sampleRateHz, featureDim: 80 },
    modelConfig: {
      moonshine: { encoder: model.encoderPath, mergedDecoder: model.decoderPath },
      tokens: model.tokensPath,
      numThreads: 1,
      provider: 'cpu',
      debug: 0,
    },
  });

  return {
    /** Text of mono 16 kHz speech, empty when there is none. Speech longer than 9 s is cut at its quietest moments. */
    async transcribe(pcm: Int16Array, signal: AbortSignal): Promise<string> {
      const texts: string[] = [];
      for (const part of speechParts(pcm, longestSamples, pauseSamples)) {
        signal.throwIfAborted();
        if (part.length < shortestSamples) continue;
        const stream = recognizer.createStream();
        stream.acceptWaveform({ samples: toFloat(part), sampleRate: sampleRateHz });
        texts.push(withoutLoop((await recognizer.decodeAsync(stream)).text.trim()));
      }
      return texts.filter((text) => text !== '').join(' ');
    },
  };
}

export type Moonshine = Awaited<ReturnType<typeof loadMoonshine>>;

/** The decoder sometimes falls into saying one phrase until it runs out of tokens; the phrase is kept once. */
function withoutLoop(text: string): string {
  return text.replace(/(.{4,80}?)\1{3}.*$/su, '$1').trim();
}

import { access, constants } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** Samples from -1 to 1. */
export type Waveform = { samples: Float32Array; sampleRate: number };

/** The part of `sherpa-onnx-node` 1.13 that is used; the package brings no types. */
export type Sherpa = {
  OfflineRecognizer: {
    createAsync(config: object): Promise<{
      createStream(): { acceptWaveform(audio: Waveform): void };
      decodeAsync(stream: object): Promise<{ text: string }>;
    }>;
  };
  OfflineTts: {
    createAsync(config: object): Promise<{
      sampleRate: number;
      generateAsync(request: {
        text: string;
        sid: number;
        speed: number;
        enableExternalBuffer: boolean;
        /** Called after each sentence; 0 ends the synthesis. */
        onProgress: (info: { samples: Float32Array }) => 0 | 1;
      }): Promise<unknown>;
    }>;
  };
  LinearResampler: new (
    fromHz: number,
    toHz: number,
  ) => { resample(samples: Float32Array): Float32Array; flush(samples: Float32Array): Float32Array };
};

/**
 * Loads the optional native package. It is CommonJS, and prebuilt for Linux with glibc, macOS and Windows.
 * @throws Error that says how to install it
 */
export function loadSherpa(): Sherpa {
  try {
    return createRequire(import.meta.url)('sherpa-onnx-node') as Sherpa;
  } catch (cause) {
    throw new Error(
      'The package sherpa-onnx-node, which runs the embedded voice, is not installed or has no build for this machine. ' +
        'Run `npm install --include=optional`, or set PARLEY_EMBEDDED=0.',
      { cause },
    );
  }
}

/** sherpa-onnx ends the process when a model file is missing, so each is looked at first. */
export async function requireReadable(paths: readonly string[]): Promise<void> {
  for (const path of paths)
    await access(path, constants.R_OK).catch((cause: unknown) => {
      throw new Error(`The model file ${path} cannot be read. Run \`parley check\`, which fetches it again.`, {
        cause,
      });
    });
}

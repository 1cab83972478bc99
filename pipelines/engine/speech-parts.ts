/**
 * Cuts long speech into parts of at most `longestSamples`, each cut in the quietest moment of the last third of its part,
 * so that words stay whole. The parts share the memory of `pcm`.
 */
export function speechParts(pcm: Int16Array, longestSamples: number, windowSamples: number): Int16Array[] {
  const parts: Int16Array[] = [];
  let start = 0;
  while (pcm.length - start > longestSamples) {
    const cut = quietestMoment(pcm, {
      from: start + Math.floor((2 * longestSamples) / 3),
      to: start + longestSamples,
      windowSamples,
    });
    parts.push(pcm.subarray(start, cut));
    start = cut;
  }
  parts.push(pcm.subarray(start));
  return parts;
}

/** The middle of the window with the least energy; windows follow each other by half their length. */
function quietestMoment(pcm: Int16Array, range: { from: number; to: number; windowSamples: number }): number {
  const { from, to, windowSamples } = range;
  let quietest = to;
  let least = Infinity;
  for (let start = from; start + windowSamples <= to; start += windowSamples >> 1) {
    let energy = 0;
    for (let index = start; index < start + windowSamples; index++) energy += (pcm[index] ?? 0) ** 2;
    if (energy < least) {
      least = energy;
      quietest = start + (windowSamples >> 1);
    }
  }
  return quietest;
}

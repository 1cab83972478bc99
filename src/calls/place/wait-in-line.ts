import type { Due } from '../ports.ts';

const longestPauseSeconds = 60;

/** When a call that so many others stand before asks again whether there is room: the later the longer the line. */
export function turnInLine(position: number): Due {
  return { inSeconds: Math.min(longestPauseSeconds, 2 + position / 4) };
}

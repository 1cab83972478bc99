import { span } from '../parts/format.js';

/**
 * @typedef {object} Ending How the end of a caller's turn was found.
 * @property {'words' | 'model' | 'silence'} by
 * @property {number} silenceMs From the caller's last sound to the decision.
 * @property {string} expected
 * @property {number | undefined} [probability]
 * @property {number | undefined} [noiseFloorDbfs]
 * @property {number | undefined} [talkedOnMs] The caller talked on so long after the decision.
 */

const reasons = { words: 'what was asked for was said', model: 'the model took it for over', silence: 'silence' };

/**
 * @param {Ending} ending
 * @returns {string} Such as "over after 310 ms (the model took it for over, 0.81); talked on 420 ms later".
 */
export function endingText({ by, silenceMs, expected, probability, noiseFloorDbfs, talkedOnMs }) {
  const facts = [
    reasons[by] + (probability === undefined ? '' : `, ${probability.toFixed(2)}`),
    ...(expected === 'open' ? [] : [`expected: ${expected.replaceAll('_', ' ')}`]),
    ...(noiseFloorDbfs === undefined ? [] : [`line noise ${noiseFloorDbfs} dBFS`]),
  ];
  const cut = talkedOnMs === undefined ? '' : `; the caller talked on ${span(talkedOnMs)} later`;
  return `Over after ${span(silenceMs)} of silence (${facts.join('; ')})${cut}.`;
}

/** What a model that plays a part writes between brackets or stars: it is done, not said. */
const acts = [
  ...'laugh chuckle giggle sigh smile grin nod wink cough gasp whisper pause think'
    .split(' ')
    .flatMap((act) => [act, `${act}s`]),
  ...'laughing chuckling sighing smiling grinning nodding whispering pausing thinking typing silence beat'.split(' '),
  ...['', 'her ', 'his '].map((whose) => `clears ${whose}throat`),
  ...['short', 'long', 'brief'].map((length) => `${length} pause`),
  'hangs up',
  'ends the call',
  'ends call',
  'call ends',
  'end of call',
];
const manner = '(?: [a-z]{1,12}ly| for a moment| again| a bit)?\\.?';

/** Such a direction, from its first bracket on. */
export const stageDirection = new RegExp(
  `^(?:\\[|\\(|\\*{1,2})(?:${acts.join('|')})${manner}(?:\\]|\\)|\\*{1,2})`,
  'i',
);

const beginnings = acts.flatMap((act) => Array.from(act, (_, index) => act.slice(0, act.length - index))).join('|');

/** The end of a text in which such a direction may be beginning. */
export const beginsDirection = new RegExp(
  `(?:\\[|\\(|(?<![\\p{L}\\p{N}*])\\*{1,2})(?:${beginnings}|(?:${acts.join('|')})(?: [a-z ]{0,14})?\\.?)?$`,
  'iu',
);

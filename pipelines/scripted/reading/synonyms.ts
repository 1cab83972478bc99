import { stem } from './tokenize.ts';

/** Words that callers use for one another, whatever the business. Each line is one meaning. */
const groups = [
  'cost price charge fee rate expensive',
  'open opening hours ours',
  'close closing clothes shut',
  'address located location street find directions',
  'park parking',
  'appointment visit slot booking',
  'book schedule arrange reserve',
  'cancel',
  'acceptable okay ok fine alright decent reasonable',
  'urgent emergency urgently',
  'move change switch swap reschedule postpone shift rearrange',
  'message note word massage',
  'call ring phone dial reach',
  'speak talk',
  'calling speaking talking',
  'child children kid kids son daughter toddler baby',
  'pain painful hurt hurts ache aching toothache',
  'broke broken cracked chipped',
  'dentist doctor dr',
  'pay payment paying',
  'insurance insured coverage covered',
  'accept take',
  'weekend weekends saturday sunday',
  'different another other',
  'begin start',
  'late long',
  'checkup check checked exam examination',
  'whitening whiten whiter white bleaching',
  'husband wife partner roommate mother father mom dad brother sister',
  'kick knock knocked broke broken',
  'clinic office practice',
  'number numbers',
  'busy',
  'remove take',
  'about regarding concerning',
  'ask tell let',
];

const meanings = new Map<string, Set<number>>();
groups.forEach((line, index) => {
  for (const word of line.split(' ')) {
    const root = stem(word);
    meanings.set(root, (meanings.get(root) ?? new Set()).add(index));
  }
});

/** Whether two stems may stand for each other. */
export function isSynonym(a: string, b: string): boolean {
  const first = meanings.get(a);
  const second = meanings.get(b);
  return first !== undefined && second !== undefined && [...first].some((meaning) => second.has(meaning));
}

/** Other words that callers use for this one. */
export function similarWords(word: string): string[] {
  const own = stem(word);
  const lines = [...(meanings.get(own) ?? [])];
  return lines.flatMap((line) => groups[line]!.split(' ')).filter((each) => stem(each) !== own);
}

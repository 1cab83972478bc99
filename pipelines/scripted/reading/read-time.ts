const hour = String.raw`(?:1[0-2]|[1-9]|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:1[3-9]|2[0-3])(?=[:.]))`;
const minutes = String.raw`(?:[0-5]\d|oh five|ten|fifteen|twenty(?: five)?|thirty(?: five)?|forty(?: five)?|fifty(?: five)?)`;
const half = String.raw`(?:a\.?\s?m\b\.?|p\.?\s?m\b\.?|o[' ]?clock|in the (?:morning|afternoon|evening)|at night|at noon)`;
const part = String.raw`(?:(?:early |late |mid[- ]?|first thing )?(?:in the )?(?:morning|mornings|afternoon|afternoons|evening|evenings)|noon|midday|lunch(?: ?time)?|midnight|after work|(?:at )?any ?time|whenever|as (?:early|late|soon) as possible|first thing)`;
const near = String.raw`(?:around|about|after|before|from|between|past|until|by) `;
const clock = String.raw`(?:half past ${hour}|(?:a )?quarter (?:past|to) ${hour}|(?:ten|twenty|five) (?:past|to) ${hour}|${hour}(?:[:.]| )${minutes}|${hour})`;

const certain = new RegExp(
  String.raw`\b(?:${near})?(?:${clock},? ${half}|${clock}${half}|half past ${hour}|(?:a )?quarter (?:past|to) ${hour}|${hour}[:.][0-5]\d(?! ?(?:dollars|percent))|(?:the )?${part}(?: (?:around|about|at|after|before) ${clock})?)(?: (?:or|and|to) (?:${clock}(?: ?${half})?|${part}))?`,
  'i',
);
const prefixed = new RegExp(
  String.raw`\b(?:at|${near.trim()}) (${clock})\b(?! ?(?:dollars|percent|of|people|times))`,
  'i',
);
const bare = new RegExp(String.raw`\b(?:(?:${near})?${clock}|(?:as )?(?:early|earlier|late|later)(?: on)?)\b`, 'i');
/** After a part of the day: "after work, so like five". */
const closer = new RegExp(String.raw`\b(?:like|say|maybe|${near.trim()}) ${clock}\b`, 'i');

/**
 * A time of day as the caller put it ("4:30 pm", "after ten in the morning", "any time"). With `expected`, a bare number
 * counts as well. `rest` is what else was said.
 */
export function readTime(utterance: string, expected: boolean): { value: string; rest: string } | undefined {
  const match = certain.exec(utterance) ?? prefixed.exec(utterance) ?? (expected ? bare.exec(utterance) : null);
  if (!match) return undefined;
  const rest = utterance.replace(match[0], ' ').replace(/\s+/g, ' ').trim();
  const more = expected && !new RegExp(clock, 'i').test(match[0]) ? closer.exec(rest)?.[0] : undefined;
  const value = `${match[0]}${more ? ` ${more}` : ''}`
    .replace(/^(?:at|the) /i, '')
    .replace(/(\d)\.(\d\d)/, '$1:$2')
    .replace(/\s+/g, ' ')
    .replace(/[.,]$/, '')
    .trim();
  return { value, rest: more ? rest.replace(more, ' ').replace(/\s+/g, ' ').trim() : rest };
}

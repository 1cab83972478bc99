import { type Answerer, answerers, halves, heardAs, openingsOf } from './openings.ts';

/** What came of each half: openings by who answered and what they were heard as. */
export function confusionTable(): string {
  const rows = halves.flatMap((half) => {
    const heard = openingsOf(half).map((opening) => ({ who: opening.who, as: heardAs(opening) }));
    const count = (who: Answerer, as: Answerer) => heard.filter((each) => each.who === who && each.as === as).length;
    return answerers.map((who) => {
      const counts = answerers.map((as) => String(count(who, as) || '–'));
      return `| ${[half, who, ...counts, heard.filter((each) => each.who === who).length].join(' | ')} |`;
    });
  });
  return [
    `| half | is | ${answerers.map((as) => `heard as ${as}`).join(' | ')} | all |`,
    `| --- | --- | ${answerers.map(() => '---').join(' | ')} | --- |`,
    ...rows,
  ].join('\n');
}

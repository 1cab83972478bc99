import type { FoundPassage } from './knowledge-ports.ts';

/** Reciprocal rank fusion (Cormack, Clarke, Büttcher, 2009): 60 is the constant of its authors. */
const rankConstant = 60;

/** The best of two lists, each best first: what both have comes before what one has. */
export function fusePassages(
  byWords: readonly FoundPassage[],
  byMeaning: readonly FoundPassage[],
  limit: number,
): FoundPassage[] {
  const fused = new Map<string, { passage: FoundPassage; score: number }>();
  for (const list of [byWords, byMeaning])
    for (const [rank, passage] of list.entries()) {
      const key = JSON.stringify([passage.paperId, passage.heading, passage.text]);
      const known = fused.get(key);
      const { similarity } = passage;
      fused.set(key, {
        passage: { ...passage, ...known?.passage, ...(similarity !== undefined && { similarity }) },
        score: (known?.score ?? 0) + 1 / (rankConstant + rank + 1),
      });
    }
  return [...fused.values()]
    .sort((one, other) => other.score - one.score)
    .slice(0, limit)
    .map(({ passage }) => passage);
}

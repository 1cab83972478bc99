import { createHash } from 'node:crypto';
import { type Paper, readPaperText } from '../../agent-files/knowledge/paper.ts';
import { searchConfig } from './ask-words.ts';
import { cutPassages, cutVersion } from './cut-passages.ts';
import type { KnowledgeStore } from './knowledge-ports.ts';

/** The id of a paper in the database: other words, another language or another way of cutting make another paper. */
export function paperId({ hash }: Pick<Paper, 'hash'>, language: string): string {
  return createHash('sha256')
    .update(`${cutVersion} ${searchConfig(language)} ${hash}`)
    .digest('hex')
    .slice(0, 32);
}

/**
 * Puts the papers of agents into the database, those that are not there yet.
 * @returns the papers whose files have changed since; their agent files will be read again
 */
export async function loadPapers(
  agents: readonly { language: string; papers?: readonly Paper[] | undefined }[],
  store: Pick<KnowledgeStore, 'name' | 'add'>,
): Promise<Paper[]> {
  const wanted = new Map(
    agents.flatMap(({ language, papers = [] }) =>
      papers.map((paper) => [paperId(paper, language), { paper, config: searchConfig(language) }] as const),
    ),
  );
  const known = new Set(await store.name([...wanted.keys()]));
  const changed: Paper[] = [];
  for (const [id, { paper, config }] of wanted) {
    if (known.has(id)) continue;
    const text = readPaperText(paper);
    if (text === undefined) changed.push(paper);
    else await store.add({ id, config, passages: cutPassages(text) });
  }
  return changed;
}

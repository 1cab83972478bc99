import type { AgentDirectory } from '../ports.ts';
import type { Embeddings } from './embeddings.ts';
import { embedPapers } from './embed-papers.ts';
import type { KnowledgeStore, VectorStore } from './knowledge-ports.ts';
import { loadPapers, paperId } from './load-papers.ts';

const lookEveryMs = 3_000;
/** Papers that agents go on naming are named anew so often, and those that none has named for longer are deleted. */
const nameEveryMs = 6 * 3_600_000;
const forgetAfterDays = 7;
const embedEveryMs = 15_000;

type LogTo = (level: 'info' | 'warn', message: string, fields?: Record<string, unknown>) => void;

/** Keeps the papers that agent files name in the database, as the files are now. What fails is tried again. */
export function keepPapers(parts: {
  agents: Pick<AgentDirectory, 'list'>;
  store: KnowledgeStore;
  /** Who tells what passages mean; without it papers are searched by their words alone. */
  meanings?: { embeddings: Embeddings; vectors: VectorStore } | undefined;
  log: LogTo;
}): {
  close(): Promise<void>;
} {
  const { agents, store, meanings, log } = parts;
  let loaded = '';
  let namedMs = 0;
  let embeddedMs = Number.NEGATIVE_INFINITY;
  let missed = false;
  let looking: Promise<void> | undefined;

  async function look(): Promise<void> {
    const named = agents.list().filter(({ papers }) => papers && papers.length > 0);
    const wanted = named
      .flatMap(({ language, papers = [] }) => papers.map((paper) => paperId(paper, language)))
      .join(' ');
    const isDue = performance.now() - namedMs > nameEveryMs;
    if (wanted === loaded && !(isDue && wanted)) return;
    const startedMs = performance.now();
    const changed = await loadPapers(named, store);
    await store.forget(forgetAfterDays);
    namedMs = performance.now();
    // A file that changed meanwhile is another paper, whose agent file is about to be read again.
    loaded = changed.length > 0 ? '' : wanted;
    if (wanted) log('info', 'the papers of the agents are loaded', { ms: Math.round(performance.now() - startedMs) });
  }

  /** What another process has begun and not finished is looked for again and again. */
  async function embed(): Promise<void> {
    if (!meanings || performance.now() - embeddedMs < embedEveryMs) return;
    embeddedMs = performance.now();
    if (!(await meanings.vectors.isReady())) {
      if (!missed)
        log(
          'warn',
          'papers are searched by their words alone: run CREATE EXTENSION vector in the database, then parley migrate',
        );
      missed = true;
      return;
    }
    const papers = agents
      .list()
      .flatMap(({ language, papers: named = [] }) => named.map((paper) => paperId(paper, language)));
    const passages = await embedPapers(papers, meanings);
    if (passages > 0) log('info', 'passages of papers have embeddings', { passages });
  }

  function lookSoon(): void {
    looking ??= look()
      .catch((error: unknown) => log('warn', 'the papers of the agents cannot be loaded yet', { error }))
      .then(embed)
      .catch((error: unknown) => log('warn', 'papers are searched by their words alone', { error }))
      .finally(() => (looking = undefined));
  }

  lookSoon();
  const rounds = setInterval(lookSoon, lookEveryMs).unref();
  return {
    async close() {
      clearInterval(rounds);
      await looking;
    },
  };
}

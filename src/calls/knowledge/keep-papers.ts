import type { AgentDirectory } from '../ports.ts';
import type { KnowledgeStore } from './knowledge-ports.ts';
import { loadPapers, paperId } from './load-papers.ts';

const lookEveryMs = 3_000;
/** Papers that agents go on naming are named anew so often, and those that none has named for longer are deleted. */
const nameEveryMs = 6 * 3_600_000;
const forgetAfterDays = 7;

type LogTo = (level: 'info' | 'warn', message: string, fields?: Record<string, unknown>) => void;

/** Keeps the papers that agent files name in the database, as the files are now. What fails is tried again. */
export function keepPapers(parts: { agents: Pick<AgentDirectory, 'list'>; store: KnowledgeStore; log: LogTo }): {
  close(): Promise<void>;
} {
  const { agents, store, log } = parts;
  let loaded = '';
  let namedMs = 0;
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

  function lookSoon(): void {
    looking ??= look()
      .catch((error: unknown) => log('warn', 'the papers of the agents cannot be loaded yet', { error }))
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

import type { Agent } from '../../agent-files/agent.ts';
import { readPaperText } from '../../agent-files/knowledge/paper.ts';
import { cutPassages } from '../../calls/knowledge/cut-passages.ts';
import type { KnowledgeStore } from '../../calls/knowledge/knowledge-ports.ts';
import { paperId } from '../../calls/knowledge/load-papers.ts';
import { searchInMemory } from '../../calls/knowledge/search-in-memory.ts';
import type { Log } from '../../telemetry/logger.ts';
import { Papers } from '../../worker/conversation/knowledge/papers.ts';

/** What was read of the papers of an agent, for all its scenarios. */
const searches = new WeakMap<Agent, KnowledgeStore['search']>();

/** The papers of an agent, from their files. Undefined: it has none. */
export function textPapers(agent: Agent, log: Log): Papers | undefined {
  if (!agent.papers?.length) return undefined;
  const search = searches.get(agent) ?? read(agent);
  searches.set(agent, search);
  return new Papers({ agent, search, record: { add: () => undefined }, log });
}

function read({ papers = [], language }: Agent): KnowledgeStore['search'] {
  return searchInMemory(
    new Map(papers.map((paper) => [paperId(paper, language), cutPassages(readPaperText(paper) ?? '')])),
  );
}

import type { Agent } from '../../agent-files/agent.ts';
import type { Call } from '../../calls/call.ts';
import type { sentencesOf } from '../conversation/sentences.ts';
import type { ServedTool } from '../conversation/tools/served-tools.ts';
import type { CallPipeline } from '../dependencies.ts';
import type { Formalities } from '../recording/consent.ts';
import type { prepareWords } from './prepare-words.ts';

/** Who takes a call, by its row, and what has to be said first. */
export type Cast = { call: Call; agent: Agent; formalities: Formalities };

/** What is being made ready for a cast; its promises reject where it cannot be. */
export type PreparedCall = Cast & {
  variables: Record<string, string>;
  sentences: ReturnType<typeof sentencesOf>;
  /** Tools of MCP servers. */
  served: Promise<ServedTool[]>;
  building: Promise<CallPipeline>;
  words: ReturnType<typeof prepareWords>;
};

import type { Agent } from '../../agent-files/agent.ts';
import type { EndReason } from '../end/end-reason.ts';

/** What an agent answered in writing, and what it did. */
export type ChatAnswer = {
  /** In the order in which it was said. */
  said: string[];
  /** Tools that it used, with what it gave them. None of them reached anything. */
  tools: { tool: string; arguments: Record<string, unknown> }[];
  /** What kept it from answering as it should. */
  troubles: string[];
  /** Why the conversation is over; null: it goes on. */
  endReason: EndReason | null;
  /** USD, so far, of the language model. */
  costUsd: number;
  /** Who answers, such as `openrouter-llm mistral-small`. */
  model: string;
};

/** Conversations in writing with an agent that need not be published, each for the tenant that began it. */
export type AgentChats = {
  /**
   * Begins one, with the greeting.
   * @throws CallError `pipeline_not_configured`, `capacity_full`
   */
  open(request: {
    tenantId: string;
    agent: Agent;
    variables: Record<string, string>;
  }): Promise<ChatAnswer & { id: string }>;
  /** @throws CallError `chat_not_found`, also where it is over */
  say(request: { tenantId: string; id: string; text: string }): Promise<ChatAnswer>;
  /** Idempotent. */
  close(request: { tenantId: string; id: string }): Promise<void>;
};

import { type PipelineDefinition, ProviderError } from '../../../pipelines/index.ts';
import type { Agent } from '../../agent-files/agent.ts';
import type { AgentChats, ChatAnswer } from '../../calls/agents/agent-chats.ts';
import { CallError } from '../../calls/errors.ts';
import { newId } from '../../calls/new-id.ts';
import { describedTools } from '../described-tools.ts';
import type { ToolDoubles } from '../doubles.ts';
import { TextCall } from './text-call.ts';
import type { TextCallRequest } from './text-session.ts';
import { writtenCall } from './written-call.ts';

type Chat = {
  tenantId: string;
  call: TextCall;
  /** What was told of it so far. */
  told: { said: number; tools: number; troubles: number };
  /** The answers come one after the other, however many are asked for at once. */
  turn: Promise<unknown>;
  /** Since when nobody writes, milliseconds. */
  since: number;
};

/** What a tool of the agent's own answers here: it reaches the outside, and nobody published the agent. */
const contained = { fails: 'This is a conversation in writing, for a trial: nothing is sent.', after_ms: 0 };

/** Chats in this process, at most so many at once. */
export function agentChats(
  parts: Pick<TextCallRequest, 'settings' | 'priceOf' | 'log'> & {
    /** @throws ProviderError where it cannot be used */
    definitionOf: (agent: Agent) => PipelineDefinition;
  },
  { idleMs, most, now }: { idleMs: number; most: number; now: () => number },
): AgentChats & {
  /** Closes those to which nobody has written for `idleMs`. */
  closeIdle(): Promise<void>;
  closeAll(): Promise<void>;
} {
  const { definitionOf, ...others } = parts;
  const chats = new Map<string, Chat>();
  let opening = 0;

  async function close(id: string): Promise<void> {
    const chat = chats.get(id);
    if (!chat) return;
    chats.delete(id);
    await chat.call.close();
  }

  async function closeIdle(): Promise<void> {
    const idle = [...chats].filter(([, { since }]) => now() - since >= idleMs);
    await Promise.all(idle.map(([id]) => close(id)));
  }

  async function begin(agent: Agent, variables: Record<string, string>): Promise<TextCall> {
    const at = new Date();
    try {
      return await TextCall.open({
        ...others,
        definition: definitionOf(agent),
        call: writtenCall({ agent: agent.name, variables, direction: 'web' }, at),
        agent,
        at,
        doubles: doublesOf(agent),
      });
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      throw new CallError('pipeline_not_configured', error.message, { cause: error });
    }
  }

  return {
    async open({ tenantId, agent, variables }) {
      await closeIdle();
      if (chats.size + opening >= most)
        throw new CallError('capacity_full', `${most} conversations in writing are open. Close one, or wait.`);
      opening += 1;
      try {
        const call = await begin(agent, variables);
        const id = newId('chat');
        const chat: Chat = {
          tenantId,
          call,
          told: { said: 0, tools: 0, troubles: 0 },
          turn: call.greet(),
          since: now(),
        };
        chats.set(id, chat);
        await chat.turn.catch(async (error: unknown) => {
          await close(id);
          throw error;
        });
        return { id, ...answerOf(chat) };
      } finally {
        opening -= 1;
      }
    },

    async say({ tenantId, id, text }) {
      const chat = chats.get(id);
      if (chat?.tenantId !== tenantId) throw isOver();
      chat.since = now();
      const mine = chat.turn.then(async () => {
        if (chat.call.ending.cause) throw isOver();
        await chat.call.say(text, { begins: () => undefined });
      });
      chat.turn = mine.catch(() => undefined);
      await mine;
      return answerOf(chat);
    },

    async close({ tenantId, id }) {
      if (chats.get(id)?.tenantId === tenantId) await close(id);
    },

    closeIdle,
    closeAll: async () => void (await Promise.all([...chats.keys()].map(close))),
  };
}

function isOver(): CallError {
  return new CallError('chat_not_found', 'This conversation is over. Begin another one.');
}

function doublesOf(agent: Agent): ToolDoubles {
  return Object.fromEntries(describedTools(agent).map(([name]) => [name, contained]));
}

/** What is new since the answer before. */
function answerOf({ call, told }: Chat): ChatAnswer {
  const { heard, effects, troubles } = call;
  const answer: ChatAnswer = {
    said: heard.written.slice(told.said),
    tools: effects.slice(told.tools),
    troubles: troubles.slice(told.troubles),
    endReason: call.ending.cause?.reason ?? null,
    costUsd: call.costUsd,
    model: call.model,
  };
  Object.assign(told, { said: heard.written.length, tools: effects.length, troubles: troubles.length });
  return answer;
}

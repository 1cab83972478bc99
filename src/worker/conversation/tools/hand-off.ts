import { llm, voice } from '@livekit/agents';
import { z } from 'zod';
import type { ToolContext } from './call-tool.ts';

/** Lets the agent give the conversation to another agent file, which knows what was said and greets nobody again. */
export function handOff({ agent, handOff: give }: ToolContext) {
  const names = agent.handoffs.map(({ agent: name }) => name);
  const list = agent.handoffs.map(({ agent: name, when }) => `${name}: ${when}`).join('; ');
  return llm.tool({
    description: `Gives this conversation to a colleague who knows all that was said. Use it at once when one of these is wanted, and say nothing else. Colleagues: ${list}.`,
    parameters: z.object({ agent: z.enum(names as [string, ...string[]]).describe('One of the colleagues.') }),
    execute: async ({ agent: name }, { ctx }) => {
      if (!give) throw new llm.ToolError('Nobody else can have this conversation. Go on yourself.');
      await ctx.waitForPlayout();
      await give(name, ctx.functionCall);
      // The colleague answers, in a speech of its own.
      throw new voice.StopResponse();
    },
  });
}

import { llm } from '@livekit/agents';
import { z } from 'zod';
import type { ToolContext } from './call-tool.ts';

/**
 * Lets the agent hand the caller to a person. The model names one of the destinations of the agent's file; numbers never
 * come from it.
 */
export function transferCall({ agent, handOver }: ToolContext) {
  const { transfers } = agent;
  const names = transfers.map(({ name }) => name);
  const list = transfers.map(({ name, when }) => `${name}: ${when}`).join('; ');
  return llm.tool({
    description: `Connects the caller to somebody. The caller hears an announcement; say nothing else. Destinations: ${list}.`,
    parameters: z.object({
      destination: z.enum(names as [string, ...string[]]).describe('One of the destinations.'),
      summary: z.string().optional().describe('Who calls and what about, in a sentence, for whoever takes the call.'),
    }),
    execute: async ({ destination, summary }, { ctx }) => {
      const found = transfers.find(({ name }) => name === destination);
      if (!found) throw new llm.ToolError(`There is no destination "${destination}". There are ${names.join(', ')}.`);
      await ctx.waitForPlayout();
      const { to, mode, name } = found;
      // Not awaited: this speech has to end before the next sentence is spoken.
      void handOver({ to, mode, by: 'agent', name, briefing: summary });
    },
  });
}

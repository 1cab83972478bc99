import { llm, voice } from '@livekit/agents';
import { z } from 'zod';
import type { ToolContext } from './call-tool.ts';

/** Lets the agent ask for digits, which the person presses or says. The question is that of the agent's file. */
export function askFor({ agent, askFor: ask }: ToolContext) {
  const names = agent.ask.map(({ name }) => name);
  const list = agent.ask.map(({ name, about }) => `${name}: ${about}`).join('; ');
  return llm.tool({
    description: `Asks the caller for digits, which they press or say. The question is spoken for you: say nothing else, and go on when you are told what came of it. What can be asked for: ${list}.`,
    parameters: z.object({ name: z.enum(names as [string, ...string[]]).describe('What is asked for.') }),
    execute: async ({ name }, { ctx }) => {
      if (!ask) throw new llm.ToolError('Nothing can be asked for here. Ask for it yourself, unless it is secret.');
      await ctx.waitForPlayout();
      ask(name, ctx.functionCall);
      // The question is a speech of its own, and what comes of it is told when it is there.
      throw new voice.StopResponse();
    },
  });
}

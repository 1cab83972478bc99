import { llm } from '@livekit/agents';
import type { ToolContext } from './call-tool.ts';

/** Lets the agent hang up. What it says in the same breath is heard to its end; if it says nothing, its goodbye is said. */
export function endCall({ hangUp }: ToolContext) {
  return llm.tool({
    description:
      'Ends the call. Use it when the caller says goodbye or everything is done, and say goodbye in the same answer.',
    execute: async (_, { ctx }) => {
      await ctx.waitForPlayout();
      const { chatItems } = ctx.speechHandle;
      const sinceLastTool = chatItems.slice(chatItems.findLastIndex(({ type }) => type === 'function_call_output') + 1);
      hangUp({ goodbye: !sinceLastTool.some((item) => item.type === 'message' && item.role === 'assistant') });
    },
  });
}

import { llm } from '@livekit/agents';
import { z } from 'zod';
import type { ToolContext } from './call-tool.ts';

export const pressKeysParameters = z.object({
  keys: z
    .string()
    .regex(/^[0-9*#w]{1,32}$/, 'Use the keys 0-9, * and #; w waits half a second.')
    .describe('The keys in order: 0-9, * and #. w waits half a second.'),
});

/** Keys that are asked for again within so long are those that were pressed: the caller spoke, or the model forgot. */
const sameMs = 5_000;

/** Lets the agent press the keys of a phone menu. */
export function pressKeys({ pressKeys: press, log }: ToolContext) {
  let last = { keys: '', atMs: Number.NEGATIVE_INFINITY };
  return llm.tool({
    description:
      'Presses keys on the telephone. Use it when a recorded voice asks for them, such as "press one for sales", and say nothing else.',
    parameters: pressKeysParameters,
    execute: async ({ keys }, { ctx }) => {
      if (!press) throw new llm.ToolError('This call has no keys that could be pressed. Say what you want instead.');
      if (last.keys === keys && performance.now() - last.atMs < sameMs)
        return 'These keys were pressed just now. Wait for what is said next.';
      last = { keys, atMs: performance.now() };
      await ctx.waitForPlayout();
      press(keys);
      log('info', 'the agent pressed keys', { count: keys.length });
      return 'The keys are pressed. Wait for what is said next.';
    },
  });
}

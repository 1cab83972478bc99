import { llm } from '@livekit/agents';
import { z } from 'zod';
import type { ToolContext } from './call-tool.ts';

export const scheduleCallbackParameters = z.object({
  day: z.string().min(1).max(100).describe("The day by the caller's calendar, as YYYY-MM-DD."),
  time: z.string().min(1).max(100).describe("The time by the caller's clock, as HH:MM of 24 hours."),
});

/** Lets the agent have the person on the line called again at a time that they name. Only the number of the call is called. */
export function scheduleCallback({ scheduleCallback: schedule }: ToolContext) {
  return llm.tool({
    description:
      'Schedules a call back to the number of this call. Use it once the person has agreed to a day and a time of their own clock, and tell them when it will be, as the answer says.',
    parameters: scheduleCallbackParameters,
    execute: (said, options) => {
      if (!schedule) throw new llm.ToolError('No call can be scheduled here. Offer to take a message.');
      return schedule(said, options);
    },
  });
}

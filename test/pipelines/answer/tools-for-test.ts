import { llm } from '@livekit/agents';
import { z } from 'zod';

const execute = () => Promise.resolve('done');

/** The tools of a call, as its language model is offered them. */
export const toolsForTest = new llm.ToolContext([
  llm.tool({
    name: 'take_message',
    description: 'Takes a message.',
    parameters: z.object({
      message: z.string().min(1),
      name: z.string().optional(),
      number: z.string().optional(),
      urgent: z.boolean().optional(),
      times: z.number().optional(),
    }),
    execute,
  }),
  llm.tool({ name: 'end_call', description: 'Ends the call.', execute }),
  llm.tool({
    name: 'transfer_call',
    description: 'Transfers.',
    parameters: z.object({ destination: z.enum(['front-desk', 'sales']) }),
    execute,
  }),
]);

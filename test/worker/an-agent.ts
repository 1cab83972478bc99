import { agentSchema, type Agent, type AgentFrontMatter } from '../../src/agent-files/agent.ts';

/** An agent file, read, with single fields replaced. */
export function anAgent({
  name = 'receptionist',
  prompt = 'You answer the phone.',
  ...fields
}: Partial<Omit<Agent, 'limits' | 'turn'>> & {
  limits?: Partial<AgentFrontMatter['limits']>;
  turn?: Partial<AgentFrontMatter['turn']>;
} = {}): Agent {
  return {
    ...agentSchema.parse({
      description: 'Front desk.',
      greeting: 'Hello, how can I help you?',
      goodbye: 'Goodbye.',
      tools: ['end-call', 'take-message'],
      ...fields,
    }),
    name,
    prompt,
    version: 'v1',
  };
}

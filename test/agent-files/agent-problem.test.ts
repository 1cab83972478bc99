import { expect, test } from 'vitest';
import { problemOfAgent } from '../../src/agent-files/agent-problem.ts';

const problem = (file: string, line: number) => ({ file, line, field: 'greeting', message: 'must be text' });

test('what is wrong with an agent is what is wrong with its own file, all of it', () => {
  const problems = [problem('agents/reminder.md', 3), problem('agents/other.md', 1), problem('agents/reminder.md', 9)];
  expect(problemOfAgent(problems, 'reminder')).toBe(
    'agents/reminder.md:3 greeting: must be text\nagents/reminder.md:9 greeting: must be text',
  );
  expect(problemOfAgent(problems, 'remind')).toBeUndefined();
});

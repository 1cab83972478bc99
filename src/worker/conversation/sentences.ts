import type { Agent } from '../../agent-files/agent.ts';
import { filled } from './agent-session.ts';

/** What the agent says of its own accord, with variables filled. */
export function sentencesOf(
  agent: Agent,
  { variables, resumed }: { variables: Record<string, string>; resumed: boolean },
) {
  return {
    opening: filled(resumed ? agent.apology : agent.greeting, variables),
    checkIn: filled(agent.check_in, variables),
    goodbye: filled(agent.goodbye, variables),
    connecting: filled(agent.connecting, variables),
    briefing: filled(agent.briefing, variables),
    takenBack: filled(agent.taken_back, variables),
    notConnected: filled(agent.not_connected, variables),
    screening: filled(agent.screening ?? withoutQuestions(agent.greeting), variables),
  };
}

const sentenceCutter = new Intl.Segmenter(undefined, { granularity: 'sentence' });

/** What a greeting tells: an assistant that screens the call answers no questions. */
export function withoutQuestions(greeting: string): string {
  const sentences = [...sentenceCutter.segment(greeting)].map(({ segment }) => segment);
  const told = sentences.filter((sentence) => !sentence.trimEnd().endsWith('?'));
  return told.length > 0 ? told.join('').trim() : greeting;
}

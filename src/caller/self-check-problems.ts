import type { TestCall } from './place-test-call.ts';

/** Of the words that the agent says it spoke, so many have to be recognised at the far end; recognition mishears some. */
const leastHeard = 0.5;

/**
 * Why a scripted conversation is no proof that everything works, one sentence each: an answer that did not come, words that were
 * spoken and not heard, a call that did not end with a goodbye. None: it is one.
 */
export function selfCheckProblems({ heard, recorded }: TestCall): string[] {
  const problems = [...heard.problems];
  for (const turn of heard.turns)
    if (turn.responseMs === null)
      problems.push(`Nothing was answered to ${turn.said ? `“${turn.said}”` : 'the hello'}.`);
  const spoken = wordsOf(recorded.turns.flatMap(({ role, text }) => (role === 'agent' ? [text] : [])));
  const recognised = new Set(wordsOf(heard.turns.map(({ heardText }) => heardText ?? '')));
  const share = spoken.filter((word) => recognised.has(word)).length / spoken.length;
  if (spoken.length === 0) problems.push('The agent said nothing.');
  else if (share < leastHeard)
    problems.push(`Of the words that the agent spoke, ${Math.round(share * 100)} % were heard at the far end.`);
  if (recorded.outcome !== 'completed' || recorded.end_reason !== 'agent_goodbye')
    problems.push(`The call ended as ${recorded.outcome} (${recorded.end_reason}), not with the agent's goodbye.`);
  return problems;
}

const wordsOf = (texts: string[]) => texts.flatMap((text) => text.toLowerCase().match(/[\p{L}']{3,}/gu) ?? []);

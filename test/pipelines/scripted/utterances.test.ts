import { describe, expect, it } from 'vitest';
import { scriptedAgent } from './agent-scripts.ts';
import { meanings } from './meanings.ts';
import { misheardUtterances } from './misheard-utterances.ts';
import { seenUtterances, unseenUtterances, type Utterance } from './utterances.ts';

const agents = {
  receptionist: await scriptedAgent('receptionist'),
  reminder: await scriptedAgent('reminder'),
  survey: await scriptedAgent('survey'),
};

function hits(utterances: readonly Utterance[]) {
  const missed: string[] = [];
  for (const [agent, said, means] of utterances) {
    const understood = meanings(agents[agent], said);
    if (!means.every((each) => understood.includes(each)))
      missed.push(`${agent}: "${said}" → ${understood.join(', ')}`);
  }
  return { missed, rate: 1 - missed.length / utterances.length };
}

describe('what callers say', () => {
  it('is understood when the matcher was made with it', () => {
    const { missed, rate } = hits(seenUtterances);
    expect(rate, missed.join('\n')).toBeGreaterThanOrEqual(0.95);
  });

  it('is mostly understood when the matcher never saw it', () => {
    const { missed, rate } = hits(unseenUtterances);
    expect(rate, missed.join('\n')).toBeGreaterThanOrEqual(0.7);
  });
  it('is often understood when recognition got it wrong', () => {
    const { missed, rate } = hits(misheardUtterances);
    expect(rate, missed.join('\n')).toBeGreaterThanOrEqual(0.65);
  });
});

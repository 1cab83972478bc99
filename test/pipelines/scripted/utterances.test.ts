import { describe, expect, it } from 'vitest';
import { converse, type ScriptedAgent, scriptedAgent } from './agent-scripts.ts';
import { seenUtterances, unseenUtterances, type Utterance } from './utterances.ts';

const agents = {
  receptionist: await scriptedAgent('receptionist'),
  reminder: await scriptedAgent('reminder'),
  survey: await scriptedAgent('survey'),
};

/** What an agent took its first caller's words for, told by what it answers. */
function meanings(agent: ScriptedAgent, said: string): string[] {
  const { script, variables } = agent;
  const fill = (text: string) => text.replace(/\{\{(\w+)\}\}/g, (_, key: string) => variables[key] ?? '');
  const [line] = converse(agent, [said]);
  const answer = line?.text ?? '';
  const { phrases } = script;
  const opening = script.tasks.find(({ opens }) => opens);
  const found = script.facts.filter((fact) => answer.includes(fill(fact.answer))).map(({ id }) => id);
  for (const task of script.tasks.filter((each) => each !== opening)) {
    // The first question may be answered already: then a later one is asked, the answers are read back, or it is done.
    const first = task.slots[0];
    const asks = first ? task.slots.some(({ ask }) => answer.endsWith(fill(ask))) : answer.includes(fill(task.done));
    const readsBack = task.confirm !== undefined && answer.startsWith(fill(task.confirm).split('{{')[0] ?? '');
    if (asks || readsBack) found.push(task.id);
  }
  const [agreed, refused] = opening
    ? [
        opening.slots[1] ? answer === opening.slots[1].ask : answer.includes(fill(opening.done)),
        opening.slots[0]?.leads_to?.['no'],
      ]
    : [false, undefined];
  if (agreed) found.push('yes');
  if (refused !== undefined && found.includes(refused)) found.push('no');
  const commands: [string, string][] = [
    ['hello', phrases.hello],
    ['how-are-you', phrases.how_are_you],
    ['robot', phrases.robot],
    ['human', phrases.human],
    ['repeat', phrases.repeat],
    ['wait', phrases.take_your_time],
  ];
  found.push(...commands.filter(([, text]) => answer.startsWith(text)).map(([id]) => id));
  if (line?.tool === 'end-call') found.push('goodbye');
  if (answer === fill(script.unknown)) found.push('unknown');
  return found;
}

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
});

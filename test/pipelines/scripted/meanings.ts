import { converse, type ScriptedAgent } from './agent-scripts.ts';

/** What an agent took its first caller's words for, told by what it answers. */
export function meanings(agent: ScriptedAgent, said: string): string[] {
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

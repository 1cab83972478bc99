import { describe, expect, it } from 'vitest';
import { converse, type ScriptedAgent, scriptedAgent } from './agent-scripts.ts';
import { seenUtterances, unseenUtterances } from './utterances.ts';

const agents = [await scriptedAgent('receptionist'), await scriptedAgent('reminder'), await scriptedAgent('survey')];

describe('whatever callers say', () => {
  const noise = [
    '',
    'uh',
    'yes',
    'no',
    'Tom Berger',
    '555 0123',
    'five five',
    'Thursday',
    'at three',
    'four',
    'too long',
    'sorry?',
  ];
  const words = [...seenUtterances, ...unseenUtterances].map(([, said]) => said).concat(noise);

  it.each(agents)('$name says nothing but its script and what the caller said', (agent) => {
    const random = sequence(agent.name.length * 7919);
    for (let call = 0; call < 60; call++) {
      const said = Array.from({ length: 10 }, () => words[Math.floor(random() * words.length)] ?? '');
      for (const { text } of converse(agent, said)) {
        expect(unscripted(agent, text, said), `${said.join(' | ')} → ${text}`).toBe('');
      }
    }
  });

  it.each(agents)('$name never leaves an utterance without an answer', (agent) => {
    const random = sequence(agent.name.length * 104_729);
    for (let call = 0; call < 60; call++) {
      const said = Array.from({ length: 10 }, () => words[Math.floor(random() * words.length)] ?? '');
      for (const { text } of converse(agent, said)) expect(text, said.join(' | ')).not.toBe('');
    }
  });
});

/** What is left of an answer when the texts of the script are taken away. */
function unscripted(agent: ScriptedAgent, answer: string, said: readonly string[]): string {
  const { facts, tasks, phrases, ...single } = agent.script;
  const texts = [
    agent.greeting,
    ...Object.values(single),
    ...Object.values(phrases),
    ...facts.map((fact) => fact.answer),
    ...tasks.flatMap((task) => [
      task.confirm ?? '',
      task.done,
      ...task.slots.flatMap(({ ask, retry }) => [ask, retry ?? '']),
    ]),
  ].filter(Boolean);
  const fromCaller =
    `zero one two three four five six seven eight nine yes no plus not given and ${said.join(' ')}`.toLowerCase();
  let rest = answer;
  for (const text of texts.sort((a, b) => b.length - a.length)) {
    const filled = text.replace(/\{\{(\w+)\}\}/g, (all, key: string) => agent.variables[key] ?? all);
    const pattern = filled
      .split(/\{\{\w+\}\}/)
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/^\\\./, '\\.?'));
    rest = rest.replace(new RegExp(pattern.join('(.+?)'), 'g'), (_, ...values: unknown[]) => {
      const heard = values.filter(
        (value): value is string => typeof value === 'string' && value !== answer && value !== rest,
      );
      const invented = heard
        .flatMap((value) => value.toLowerCase().match(/[a-z0-9]+/g) ?? [])
        .filter((word) => !fromCaller.includes(word));
      return invented.length > 0 ? ` INVENTED ${invented.join(' ')} ` : ' ';
    });
  }
  return rest.trim();
}

function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

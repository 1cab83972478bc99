import { createIntentMatcher } from './match-intents.ts';
import { tokenize } from './tokenize.ts';

const places = ['first', 'second', 'third', 'fourth', 'fifth'];

/** Which of the choices an answer names, in its words or by place ("the second one", "the last"). */
export function readChoice(utterance: string, choices: readonly string[]): string | undefined {
  const words = tokenize(utterance);
  const said = ` ${words.join(' ')} `;
  const named = choices.filter((choice) => said.includes(` ${tokenize(choice).join(' ')} `));
  if (named.some((choice) => said.includes(` not ${tokenize(choice)[0] ?? ''} `))) return undefined;
  const longest = named.sort((a, b) => b.length - a.length)[0];
  if (longest && named.every((choice) => longest.includes(choice))) return longest;
  if (named.length > 1) return undefined;
  const place = places.findIndex((word) => words.includes(word));
  if (place >= 0 && words.length <= 5) return choices[place];
  if (words.includes('last') && words.length <= 5) return choices.at(-1);
  if (words.includes('not')) return undefined;
  const best = createIntentMatcher(choices.map((choice) => ({ id: choice, examples: [choice] })))(utterance);
  const [top, second] = best;
  return top && top.score >= 0.45 && (!second || top.score > second.score) ? top.id : undefined;
}

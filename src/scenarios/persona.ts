import type { Ask } from './judge/ask-model.ts';
import { contains } from './judge/phrases.ts';
import type { Persona } from './file/scenario-schema.ts';

/** A line of the call so far, from the persona's side. */
export type PersonaLine = { by: 'caller' | 'agent'; text: string };

/** What a persona says next. Undefined: it has no more to say and hangs up. */
export type Speaker = (said: readonly PersonaLine[]) => Promise<string | undefined>;

/** No stage direction, which would be left out of an answer. */
const hangsUp = 'HANG UP';

/** @param ask The model that plays a persona with a goal. */
export function speakerOf(persona: Persona, ask: Ask | undefined): Speaker {
  if (persona.rules) return byRules({ ...persona, rules: persona.rules });
  return async (said) => {
    if (!ask) throw new Error('the persona has a `goal`, which needs a model: give one with --model');
    const answer = await ask({
      instructions: `You play a caller on the telephone, to test who answers. ${persona.goal ?? ''}
Say what this caller says next: one or two short spoken sentences, nothing else, no stage directions. Stay in your part, do not help the other side, and answer what you are asked. When you have what you want, or see that you will not get it, say goodbye; when goodbye was said, write only ${hangsUp}.`,
      question: [...said.map(({ by, text }) => `${by === 'caller' ? 'You' : 'They'}: ${text}`), 'You:'].join('\n'),
    });
    const words = answer.replace(/^you:\s*/i, '').trim();
    return words === '' || words.includes(hangsUp) ? undefined : words;
  };
}

function byRules({ rules, otherwise }: Persona & { rules: NonNullable<Persona['rules']> }): Speaker {
  const used = new Set<number>();
  return async (said) => {
    const last = said.findLast(({ by }) => by === 'agent')?.text ?? '';
    const at = rules.findIndex(
      ({ hears }, index) => !used.has(index) && hears.some((phrase) => contains(last, phrase)),
    );
    if (at < 0) return otherwise;
    if (rules[at]?.once) used.add(at);
    return rules[at]?.say;
  };
}

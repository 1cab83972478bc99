import { fileURLToPath } from 'node:url';
import type { CallerScript } from '../src/caller/caller-script.ts';

/** What both systems are told, so that they do the same work; the agent file `agents/bench.md` says the same. */
export const greeting = 'Thank you for calling. How can I help you?';
export const instructions = 'You answer the phone. Answer in one or two short sentences.';

/** The model's answers: one of about two seconds, and one that lasts long enough to be talked over. */
export const shortReply = 'Certainly, we are open until six.';
export const longReply = `Certainly. ${'We are open from Monday to Friday, from eight in the morning until six. '.repeat(6)}`;
/** Sentences that can break in their middle. */
export const twoSentences =
  'We are open from Monday to Friday, from eight until six. You can park in front of the house.';

/** Recordings of a synthetic voice, so that every run hears the same. */
export const speech = (name: 'hours' | 'address' | 'price' | 'insurance') => ({
  wav: fileURLToPath(new URL(`speech/${name}.wav`, import.meta.url)),
});

/** A caller who asks, waits for the answer, and asks again. */
export function questions(count: number): CallerScript {
  const asked = (['hours', 'address', 'price', 'insurance'] as const).map((name) => ({ say: speech(name) }));
  return Array.from({ length: count }, (_, index) => asked[index % asked.length]!);
}

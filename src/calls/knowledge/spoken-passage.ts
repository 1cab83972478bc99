const sentenceCutter = new Intl.Segmenter(undefined, { granularity: 'sentence' });
/** What a person hears out who asked one thing, in characters. */
const longest = 320;
/** Letters in which forms of one word agree. */
const stemLetters = 5;

/**
 * The sentences of a passage that fit a question best, as the paper has them: that which shares most words, and what follows it as
 * far as it is short.
 */
export function spokenPassage(text: string, question: string): string {
  const parts = text
    .split('\n')
    .flatMap((line) => [...sentenceCutter.segment(line)].map(({ segment }) => segment.trim()))
    .filter(Boolean);
  const asked = stemsOf(question);
  const shared = parts.map((part) => [...stemsOf(part)].filter((stem) => asked.has(stem)).length);
  let from = Math.max(0, shared.indexOf(Math.max(...shared)));
  // The whole of it, where that is short.
  if (text.length <= longest) from = 0;
  let spoken = '';
  for (const part of parts.slice(from)) {
    const next = `${spoken} ${ended(part)}`.trim();
    if (spoken && next.length > longest) break;
    spoken = next;
  }
  return spoken;
}

function ended(sentence: string): string {
  return /[.!?:;,…]$/.test(sentence) ? sentence : `${sentence}.`;
}

function stemsOf(text: string): Set<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? [];
  return new Set(words.map((word) => word.slice(0, stemLetters)));
}

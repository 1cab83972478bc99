/** Letters per token of English, roughly; other scripts need more tokens, so that this says too few rather than too many. */
const lettersPerToken = 4;

/** About how many tokens a text is. */
export function tokensOf(text: string): number {
  return Math.ceil(text.length / lettersPerToken);
}

/** What to tell an operator whose prompt does not fit the context, where it does not. Both in tokens. */
export function contextWarning({
  prompt,
  context,
  setting,
}: {
  prompt: number;
  context: number;
  setting: string;
}): string | undefined {
  if (prompt < context) return undefined;
  return `the prompt is about ${prompt} tokens long and the context holds ${context}: its beginning is cut off without a word. Raise ${setting}, or shorten the prompt.`;
}

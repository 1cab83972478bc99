import { createInterface } from 'node:readline/promises';

/** Asks a person; an empty line is an empty text. */
export type Ask = (question: string) => Promise<string>;

/**
 * Lets `work` ask whoever sits at the terminal, one line each; where nobody does, `work` gets no way to ask.
 * @throws AbortError when the signal aborts while a question is open
 */
export async function withTerminal<T>(
  { out, signal }: { out: NodeJS.WritableStream; signal: AbortSignal },
  work: (ask: Ask | undefined) => Promise<T>,
): Promise<T> {
  if (!process.stdin.isTTY) return work(undefined);
  const lines = createInterface({ input: process.stdin, output: out });
  try {
    return await work((question) => lines.question(question, { signal }));
  } finally {
    lines.close();
  }
}

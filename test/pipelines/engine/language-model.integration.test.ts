import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchMs, realModels, startRealEngine } from './real-engine.ts';

/** Downloads 150 MB and installs node-llama-cpp, so it runs only where it is asked for. */
const asked = process.env.PARLEY_TEST_LLM === '1';

describe.skipIf(!asked)('a language model in the engine (PARLEY_TEST_LLM=1)', { timeout: 120_000 }, () => {
  let host: Awaited<ReturnType<typeof startRealEngine>>;
  beforeAll(async () => {
    host = await startRealEngine({ models: await realModels('smollm2-135m') });
  }, fetchMs);
  afterAll(() => host?.close());

  const ask = (content: string, onText: (text: string) => void, signal?: AbortSignal) =>
    host.client.generate({
      messages: [
        { role: 'system', content: 'You are a friendly receptionist.' },
        { role: 'user', content },
      ],
      maxTokens: 60,
      temperature: 0,
      conversation: content,
      signal,
      onText,
    });

  it('answers in pieces and counts its tokens', async () => {
    const pieces: string[] = [];
    const usage = await ask('Hello, how are you?', (text) => pieces.push(text));
    expect(pieces.length).toBeGreaterThan(3);
    expect(pieces.join('')).toMatch(/[a-z]{3}/);
    expect(usage.promptTokens).toBeGreaterThan(10);
    expect(usage.completionTokens).toBeGreaterThan(3);
  });

  it('serves more conversations than it has room for, one after the other', async () => {
    const answers = await Promise.all(
      ['One?', 'Two?', 'Three?', 'Four?'].map(async (content) => {
        let answer = '';
        await ask(content, (text) => (answer += text));
        return answer;
      }),
    );
    for (const answer of answers) expect(answer).not.toBe('');
  });

  it('stops when it is told to, and answers the next', async () => {
    const abort = new AbortController();
    const answer = ask('Tell me a long story about the sea.', () => abort.abort(new Error('enough')), abort.signal);
    await expect(answer).rejects.toThrow('enough');
    let next = '';
    await ask('Hello?', (text) => (next += text));
    expect(next).not.toBe('');
  });

  it('transcribes while it thinks', async () => {
    const thinking = ask('Tell me a long story about a ship.', () => undefined);
    expect((await host.client.transcribe(new Int16Array(16_000))).text).toBe('');
    await thinking;
  });
});

import { llm } from '@livekit/agents';
import { expect, test } from 'vitest';
import type { FoundPassage } from '../../../src/calls/knowledge/knowledge-ports.ts';
import { paperId } from '../../../src/calls/knowledge/load-papers.ts';
import type { NewEvent } from '../../../src/calls/ports.ts';
import { Papers, papersItemId } from '../../../src/worker/conversation/knowledge/papers.ts';
import { anAgent } from '../an-agent.ts';

const paper = { source: 'papers/prices.md', path: '/papers/prices.md', hash: 'abc' };
const agent = { ...anAgent(), papers: [paper] };
const passage = (text: string, coverage: number): FoundPassage => ({
  paperId: paperId(paper, agent.language),
  heading: 'Prices',
  text,
  coverage,
});

/** Papers in which this is found, and what was asked of them. */
function papersWith(find: () => Promise<FoundPassage[]>) {
  const asked: string[] = [];
  const events: NewEvent[] = [];
  const papers = new Papers({
    agent,
    search: async ({ words }) => {
      asked.push(words.map(({ own }) => own).join(' '));
      return find();
    },
    record: { add: (added) => void events.push(...(added.events ?? [])) },
    log: () => undefined,
  });
  return { papers, asked, events };
}

function conversation(...said: string[]): llm.ChatContext {
  const chatCtx = llm.ChatContext.empty();
  chatCtx.addMessage({ role: 'system', content: 'You answer the phone.' });
  for (const text of said) chatCtx.addMessage({ role: 'user', content: text });
  return chatCtx;
}

const ruleIn = (chatCtx: llm.ChatContext) => {
  const item = chatCtx.items.find(({ id }) => id === papersItemId);
  return item?.type === 'message' ? (item.textContent ?? '') : undefined;
};

test('the search is done with the last words that were heard, before the answer is asked for', async () => {
  const { papers, asked, events } = papersWith(async () => [passage('A cake is 20 dollars.', 0.8)]);
  papers.hear('how much', { final: false });
  papers.hear('how much is a cake', { final: true });
  await Promise.resolve();
  await new Promise(setImmediate);
  const searches = asked.length;
  const chatCtx = conversation('How much is a cake?');
  await papers.consult(chatCtx);
  expect(asked).toHaveLength(searches);
  expect(ruleIn(chatCtx)).toContain('- Prices: A cake is 20 dollars.');
  expect(chatCtx.items.map(({ id }) => id === papersItemId)).toEqual([false, true, false]);
  expect(events).toMatchObject([
    {
      type: 'knowledge.searched',
      data: {
        sources: [{ source: 'papers/prices.md', heading: 'Prices', coverage: 0.8 }],
        waited_ms: expect.any(Number),
      },
    },
  ]);
});

test('what was found is told once per turn, and stays with it for a script', async () => {
  const { papers, events } = papersWith(async () => [passage('A cake is 20 dollars.', 0.8)]);
  const chatCtx = conversation('How much is a cake?');
  await papers.consult(chatCtx);
  await papers.consult(chatCtx);
  expect(events).toHaveLength(1);
  expect(chatCtx.items.filter(({ id }) => id === papersItemId)).toHaveLength(1);
  const later = conversation('How much is a cake?', 'Thank you.');
  await papers.consult(later);
  expect(later.items.flatMap((item) => (item.type === 'message' ? [item.extra['papers']] : []))).toEqual([
    undefined,
    'A cake is 20 dollars.',
    undefined,
    'A cake is 20 dollars.',
  ]);
});

test('nothing fitting is said to be nothing', async () => {
  const { papers, events } = papersWith(async () => [passage('A cake is 20 dollars.', 0.1)]);
  const chatCtx = conversation('Who won the election?');
  await papers.consult(chatCtx);
  expect(ruleIn(chatCtx)).toMatch(/^Your papers hold nothing/);
  expect(events[0]?.data).toMatchObject({ sources: [] });
});

test('a database that is away costs the papers and nothing else', async () => {
  const { papers } = papersWith(() => Promise.reject(new Error('away')));
  const chatCtx = conversation('How much is a cake?');
  await papers.consult(chatCtx);
  expect(ruleIn(chatCtx)).toMatch(/^Your papers hold nothing/);
});

test('what was found by meaning is told beside what was found by words, and whoever is late is not waited for', async () => {
  const byWords = [passage('A cake is 20 dollars.', 0.8)];
  const near = { ...passage('Tarts are cheaper.', 0), similarity: 0.7 };
  let meaning = async (): Promise<FoundPassage[]> => [near];
  const events: NewEvent[] = [];
  const papers = new Papers({
    agent,
    search: async () => byWords,
    byMeaning: () => meaning(),
    record: { add: (added) => void events.push(...(added.events ?? [])) },
    log: () => undefined,
  });
  const chatCtx = conversation('How much is a cake?');
  await papers.consult(chatCtx);
  expect(ruleIn(chatCtx)).toContain('- Prices: Tarts are cheaper.');
  expect(events[0]?.data?.['sources']).toMatchObject([{ coverage: 0.8 }, { coverage: 0, similarity: 0.7 }]);
  const failures = [() => new Promise<never>(() => undefined), () => Promise.reject(new Error('down'))];
  for (const [index, fails] of failures.entries()) {
    meaning = fails;
    const later = conversation(`And tart number ${index}?`);
    await papers.consult(later);
    expect(ruleIn(later)).toContain('- Prices: A cake is 20 dollars.');
    expect(ruleIn(later)).not.toContain('Tarts');
  }
});

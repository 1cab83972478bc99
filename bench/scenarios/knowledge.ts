import { askWords, searchConfig } from '../../src/calls/knowledge/ask-words.ts';
import { cutPassages } from '../../src/calls/knowledge/cut-passages.ts';
import { openDatabase } from '../../src/store/connection/database.ts';
import { knowledgeStore } from '../../src/store/knowledge-store.ts';
import { migrate } from '../../src/store/migrate.ts';
import type { Scenario } from '../scenario.ts';

const language = 'en-US';
/** Of one agent, in papers as long as papers may be. */
const passages = 10_000;
const perPaper = 2_500;

const things =
  `cake bread roll tart biscuit pie bun loaf cookie brownie muffin waffle pancake croissant bagel pretzel scone
  strudel eclair macaron crumble cheesecake tiramisu panettone stollen brioche baguette ciabatta focaccia sourdough`.split(
    /\s+/,
  );
const matters =
  `price delivery order allergy opening storage size colour icing candle wedding birthday deposit invoice refund
  complaint recipe flour butter sugar gluten nuts parking pickup packaging catering discount voucher holiday courier`.split(
    /\s+/,
  );
const filling =
  `the house makes it every day with what the season gives and tells you at the counter how long it keeps which
  part of it can be changed and whom to ask about it before you come so that nobody has to wait for an answer`.split(
    /\s+/,
  );

/** How long a search takes at the database, as a call asks for it, while the caller still speaks. */
export const knowledge = {
  name: 'knowledge',
  compared: false,
  async run(bench) {
    const url = await bench.newDatabase();
    await migrate({ url });
    const database = openDatabase({ url, applicationName: 'bench', maxConnections: 4, log: () => undefined });
    try {
      const store = knowledgeStore(database);
      const config = searchConfig(language);
      const startMs = performance.now();
      const papers = Array.from({ length: passages / perPaper }, (_, index) => `paper-${index}`);
      for (const [index, id] of papers.entries())
        await store.add({ id, config, passages: cutPassages(paperOf(index * perPaper)) });
      const loadMs = performance.now() - startMs;
      await database.pool.query('ANALYZE parley.knowledge_passages, parley.knowledge_words');
      const took: number[] = [];
      const rounds = bench.quick ? 100 : 500;
      for (let round = 0; round < rounds; round += 1) {
        const words = askWords(questionOf(round), language);
        const askedMs = performance.now();
        await store.search({ papers, config, words, limit: 3 });
        took.push(performance.now() - askedMs);
      }
      took.sort((a, b) => a - b);
      const at = (part: number) => Math.round(10 * (took[Math.floor(took.length * part)] ?? 0)) / 10;
      return {
        knowledge_passages: passages,
        knowledge_load_ms: Math.round(loadMs),
        knowledge_ms_p50: at(0.5),
        knowledge_ms_p95: at(0.95),
      };
    } finally {
      await database.close();
    }
  },
} as const satisfies Scenario;

/** A number that looks random and is the same in every run. */
function mixed(seed: number): number {
  let value = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0;
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35) >>> 0;
  return (value ^ (value >>> 16)) >>> 0;
}

const pick = (from: readonly string[], seed: number) => from[mixed(seed) % from.length]!;

function paperOf(first: number): string {
  return Array.from({ length: perPaper }, (_, index) => {
    const seed = (first + index) * 97;
    const words = Array.from({ length: 45 }, (_each, place) =>
      place % 9 === 0 ? pick(matters, seed + place) : pick(filling, seed + place),
    );
    return `## ${pick(things, seed)} number ${first + index}: ${pick(matters, seed + 1)}\n\n${words.join(' ')}.\n`;
  }).join('\n');
}

function questionOf(round: number): string {
  const thing = pick(things, round * 31);
  const [one, other] = [pick(matters, round * 31 + 1), pick(matters, round * 31 + 2)];
  return [
    `how much is the ${one} for a ${thing} and what about the ${other}`,
    `what do I have to know about the ${one} of ${thing} number ${mixed(round) % passages}`,
    `can I get a ${thing} without ${one} or with more ${other}, and where do I ask`,
  ][round % 3]!;
}

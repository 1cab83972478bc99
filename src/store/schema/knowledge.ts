import { customType, foreignKey, index, integer, primaryKey, real, text } from 'drizzle-orm/pg-core';
import { instant, parley } from './parley.ts';

const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' });

/** Papers that agents know, each by the hash of its words; agent files name them, and several may name the same. */
export const knowledgePapers = parley
  .table('knowledge_papers', {
    /** Hash of text, language and the way in which it is cut. */
    id: text('id').primaryKey(),
    passages: integer('passages').notNull(),
    loadedAt: instant('loaded_at').notNull().defaultNow(),
    /** When an agent file last named it; what none names for a week is deleted. */
    namedAt: instant('named_at').notNull().defaultNow(),
    /** Until when a process embeds its passages; others leave it alone. */
    embeddingUntil: instant('embedding_until'),
  })
  .enableRLS();

const paperId = () =>
  text('paper_id')
    .notNull()
    .references(() => knowledgePapers.id, { onDelete: 'cascade' });

/** What is found and told of a paper: a few sentences under their headings. */
export const knowledgePassages = parley
  .table(
    'knowledge_passages',
    {
      paperId: paperId(),
      position: integer('position').notNull(),
      /** Those above it, outermost first, as one line. */
      heading: text('heading').notNull(),
      text: text('text').notNull(),
      /** Words of the headings have the weight A. */
      search: tsvector('search').notNull(),
    },
    (table) => [
      primaryKey({ columns: [table.paperId, table.position] }),
      index('knowledge_passages_search').using('gin', table.search),
    ],
  )
  .enableRLS();

/** In how many passages of a paper a word is: rare ones tell more. */
export const knowledgeWords = parley
  .table(
    'knowledge_words',
    {
      paperId: paperId(),
      word: text('word').notNull(),
      passages: integer('passages').notNull(),
    },
    (table) => [primaryKey({ columns: [table.word, table.paperId] })],
  )
  .enableRLS();

/** What passages mean, as an embedding model puts it. Plain numbers: pgvector compares them where the database has it. */
export const knowledgeVectors = parley
  .table(
    'knowledge_vectors',
    {
      paperId: text('paper_id').notNull(),
      position: integer('position').notNull(),
      model: text('model').notNull(),
      embedding: real('embedding').array().notNull(),
    },
    (table) => [
      primaryKey({ columns: [table.paperId, table.model, table.position] }),
      foreignKey({
        columns: [table.paperId, table.position],
        foreignColumns: [knowledgePassages.paperId, knowledgePassages.position],
        name: 'knowledge_vectors_passage_fk',
      }).onDelete('cascade'),
    ],
  )
  .enableRLS();

import { sql } from 'drizzle-orm';
import type { FoundPassage, VectorStore } from '../calls/knowledge/knowledge-ports.ts';
import type { Database } from './connection/database.ts';
import { storableJson } from './connection/storable.ts';

/** A database without pgvector is asked again so often whether it has it by now. */
const lookEveryMs = 60_000;

/**
 * Embeddings in PostgreSQL, compared by pgvector: all of an agent's papers, exactly. They are kept as plain numbers, of which `migrate`
 * derives the column `meaning` where the extension is there.
 */
export function knowledgeVectors(database: Database, now: () => number = () => performance.now()): VectorStore {
  let ready = false;
  let lookedMs = Number.NEGATIVE_INFINITY;
  const papersIn = (papers: readonly string[]) =>
    sql`(SELECT jsonb_array_elements_text(${storableJson(papers)}::jsonb))`;
  return {
    async isReady() {
      if (ready || now() - lookedMs < lookEveryMs) return ready;
      lookedMs = now();
      const { rows } = await database.run((db) =>
        db.execute<{ ready: boolean }>(sql`
          SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'parley.knowledge_vectors'::regclass
            AND attname = 'meaning' AND NOT attisdropped) AS ready`),
      );
      ready = rows[0]?.ready ?? false;
      return ready;
    },

    async claim({ papers, model, limit, claimSeconds }) {
      const missing = sql`NOT EXISTS (SELECT 1 FROM parley.knowledge_vectors v
        WHERE v.paper_id = p.paper_id AND v.position = p.position AND v.model = ${model})`;
      const { rows } = await database.run((db) =>
        db.execute<{ paper_id: string; position: number; heading: string; text: string }>(sql`
          WITH claimed AS (
            UPDATE parley.knowledge_papers SET embedding_until = now() + make_interval(secs => ${claimSeconds}::int)
            WHERE id = (
              SELECT id FROM parley.knowledge_papers k
              WHERE id IN ${papersIn(papers)} AND (embedding_until IS NULL OR embedding_until < now())
                AND EXISTS (SELECT 1 FROM parley.knowledge_passages p WHERE p.paper_id = k.id AND ${missing})
              ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING id
          )
          SELECT p.paper_id, p.position, p.heading, p.text FROM parley.knowledge_passages p JOIN claimed ON p.paper_id = claimed.id
          WHERE ${missing} ORDER BY p.position LIMIT ${limit}::int`),
      );
      return rows.map(({ paper_id: paperId, ...rest }) => ({ paperId, ...rest }));
    },

    async add({ model, vectors }) {
      await database.run((db) =>
        db.execute(sql`
          WITH found AS (
            SELECT "paperId" AS paper_id, position, embedding
            FROM jsonb_to_recordset(${storableJson(vectors)}::jsonb) AS f("paperId" text, position int, embedding real[])
          ), added AS (
            INSERT INTO parley.knowledge_vectors (paper_id, position, model, embedding)
            SELECT f.paper_id, f.position, ${model}, f.embedding FROM found f
            JOIN parley.knowledge_passages p ON p.paper_id = f.paper_id AND p.position = f.position
            ON CONFLICT DO NOTHING
          )
          UPDATE parley.knowledge_papers SET embedding_until = NULL WHERE id IN (SELECT paper_id FROM found)`),
      );
    },

    async nearest({ papers, model, embedding, limit }) {
      if (papers.length === 0 || embedding.length === 0) return [];
      const { rows } = await database.run((db) =>
        db.execute<{ paper_id: string; heading: string; text: string; similarity: number }>(sql`
          SELECT p.paper_id, p.heading, p.text, 1 - near.distance AS similarity
          FROM (
            SELECT paper_id, position,
              -- Of another length it cannot be compared, whatever order the planner takes.
              CASE WHEN vector_dims(meaning) = ${embedding.length}::int
                THEN meaning <=> ${JSON.stringify(embedding)}::vector END AS distance
            FROM parley.knowledge_vectors WHERE model = ${model} AND paper_id IN ${papersIn(papers)}
            ORDER BY distance NULLS LAST LIMIT ${limit}::int
          ) near JOIN parley.knowledge_passages p USING (paper_id, position)
          WHERE near.distance IS NOT NULL AND near.distance <> 'NaN' ORDER BY near.distance`),
      );
      return rows.map(({ paper_id: paperId, heading, text, similarity }): FoundPassage => {
        return { paperId, heading, text, coverage: 0, similarity: Number(similarity) };
      });
    },
  };
}

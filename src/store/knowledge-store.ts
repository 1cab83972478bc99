import { sql } from 'drizzle-orm';
import type { FoundPassage, KnowledgeStore } from '../calls/knowledge/knowledge-ports.ts';
import type { Database } from './connection/database.ts';
import { storableJson } from './connection/storable.ts';

/** The rarest words of a question find the passages that are weighed, up to so many; the others only weigh. */
const mostCandidates = 400;

/** What a word tells where another one stands for it, and more than another where it is in a heading. */
const alikeCounts = 0.6;
const headingCounts = 1.6;

/** Papers in PostgreSQL full text search. Passages are weighed by how rare the words are that they share with a question (IDF). */
export function knowledgeStore(database: Database): KnowledgeStore {
  return {
    async name(ids) {
      if (ids.length === 0) return [];
      const { rows } = await database.run((db) =>
        db.execute<{ id: string }>(sql`
          UPDATE parley.knowledge_papers SET named_at = now()
          WHERE id IN (SELECT jsonb_array_elements_text(${storableJson(ids)}::jsonb)) RETURNING id`),
      );
      return rows.map(({ id }) => id);
    },

    async add({ id, config, passages }) {
      await database.run((db) =>
        db.execute(sql`
          WITH paper AS (
            INSERT INTO parley.knowledge_papers (id, passages) VALUES (${id}, ${passages.length}::int)
            ON CONFLICT DO NOTHING RETURNING id
          ), cut AS (
            SELECT paper.id, p.position, p.value->>'heading' AS heading, p.value->>'text' AS text,
              setweight(to_tsvector(${config}::regconfig, p.value->>'heading'), 'A')
                || to_tsvector(${config}::regconfig, p.value->>'text') AS search
            FROM paper, jsonb_array_elements(${storableJson(passages)}::jsonb) WITH ORDINALITY AS p(value, position)
          ), passages AS (
            INSERT INTO parley.knowledge_passages (paper_id, position, heading, text, search)
            SELECT id, position, heading, text, search FROM cut
          )
          INSERT INTO parley.knowledge_words (paper_id, word, passages)
          SELECT id, word, count(*) FROM cut, unnest(tsvector_to_array(search)) AS word GROUP BY id, word`),
      );
    },

    async forget(unnamedForDays) {
      await database.run((db) =>
        db.execute(sql`
          DELETE FROM parley.knowledge_papers WHERE named_at < now() - make_interval(days => ${unnamedForDays}::int)`),
      );
    },

    async search({ papers, config, words, limit }) {
      if (papers.length === 0 || words.length === 0) return [];
      const asked = words.map(({ own, alike }, position) => ({ position, own, alike: alike.join(' ') }));
      const query = (text: string) =>
        sql.raw(`nullif(replace(plainto_tsquery(c.config, ${text})::text, '&', '|'), '')::tsquery`);
      const { rows } = await database.run((db) =>
        db.execute<{ paper_id: string; heading: string; text: string; coverage: number }>(sql`
          WITH c AS (
            SELECT ${config}::regconfig AS config, ARRAY(SELECT jsonb_array_elements_text(${storableJson(papers)}::jsonb)) AS papers
          ), total AS (
            SELECT coalesce(sum(p.passages), 0)::float8 AS n FROM parley.knowledge_papers p, c WHERE p.id = ANY(c.papers)
          ), asked AS (
            SELECT a.position, ${query('a.own')} AS own, ${query("a.own || ' ' || a.alike")} AS wide,
              tsvector_to_array(to_tsvector(c.config, a.own || ' ' || a.alike)) AS words
            FROM c, jsonb_to_recordset(${storableJson(asked)}::jsonb) AS a(position int, own text, alike text)
          ), counted AS (
            SELECT DISTINCT ON (asked.wide) asked.own, asked.wide, least(total.n, coalesce(k.df, 0)) AS df, total.n
            FROM total, asked LEFT JOIN LATERAL (
              SELECT sum(w.passages)::float8 AS df FROM parley.knowledge_words w, c
              WHERE w.word = ANY(asked.words) AND w.paper_id = ANY(c.papers)) k ON true
            WHERE asked.wide IS NOT NULL
          ), weighed AS (
            SELECT own, wide, regexp_replace(wide::text, '''(?= |$)', ''':A', 'g')::tsquery AS titled, df, n,
              ln(1 + (n - df + 0.5) / (df + 0.5)) * CASE WHEN own IS NULL THEN ${alikeCounts}::float8 ELSE 1 END AS weight
            FROM counted
          ), rare AS (
            SELECT string_agg(wide::text, ' | ')::tsquery AS any_of FROM (
              SELECT wide, row_number() OVER by_df AS place, sum(df) OVER by_df AS passages FROM weighed
              WHERE df > 0 WINDOW by_df AS (ORDER BY df, wide::text)) r
            WHERE place = 1 OR passages <= ${mostCandidates}::int
          ), found AS (
            SELECT p.paper_id, p.position, p.heading, p.text, sum(w.weight * m.fits) AS covered,
              sum(w.weight * m.fits * CASE WHEN p.search @@ w.titled THEN ${headingCounts}::float8 ELSE 1 END) AS score
            FROM rare, c, parley.knowledge_passages p, weighed w,
              LATERAL (SELECT CASE WHEN w.own IS NOT NULL AND p.search @@ w.own THEN 1
                ELSE ${alikeCounts}::float8 END AS fits) m
            WHERE p.search @@ rare.any_of AND p.paper_id = ANY(c.papers) AND p.search @@ w.wide
            GROUP BY p.paper_id, p.position
          )
          SELECT paper_id, heading, text,
            covered / (SELECT sum(weight) FROM weighed WHERE own IS NOT NULL OR df > 0) AS coverage
          FROM found ORDER BY score DESC, length(text), position LIMIT ${limit}::int`),
      );
      return rows.map(({ paper_id: paperId, heading, text, coverage }): FoundPassage => {
        return { paperId, heading, text, coverage: Math.min(1, Number(coverage)) };
      });
    },
  };
}

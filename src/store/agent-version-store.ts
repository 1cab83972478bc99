import { and, desc, eq, sql } from 'drizzle-orm';
import type { AgentVersionStore } from '../calls/agents/agent-versions.ts';
import type { Database } from './connection/database.ts';
import { agentVersions } from './schema/agent-versions.ts';

const mostVersions = 100;

export function agentVersionStore(database: Database): AgentVersionStore {
  const { text: _text, ...columns } = {
    id: agentVersions.id,
    agent: agentVersions.agent,
    etag: agentVersions.etag,
    text: agentVersions.text,
    at: agentVersions.at,
    savedBy: agentVersions.savedBy,
  };
  return {
    async keep({ agent, etag, text, savedBy }) {
      const { rows } = await database.run((db) =>
        db.execute(sql`
          INSERT INTO parley.agent_versions (agent, etag, text, saved_by)
          SELECT ${agent}, ${etag}, ${text}, ${savedBy}
          WHERE ${etag} IS DISTINCT FROM
            (SELECT etag FROM parley.agent_versions WHERE agent = ${agent} ORDER BY id DESC LIMIT 1)
          RETURNING id`),
      );
      if (rows.length === 0) return;
      await database.run((db) =>
        db.execute(sql`
          DELETE FROM parley.agent_versions WHERE agent = ${agent} AND id <=
            (SELECT id FROM parley.agent_versions WHERE agent = ${agent} ORDER BY id DESC OFFSET ${mostVersions} LIMIT 1)`),
      );
    },

    list: (agent) =>
      database.run((db) =>
        db.select(columns).from(agentVersions).where(eq(agentVersions.agent, agent)).orderBy(desc(agentVersions.id)),
      ),

    async find(agent, id) {
      const [row] = await database.run((db) =>
        db
          .select()
          .from(agentVersions)
          .where(and(eq(agentVersions.agent, agent), eq(agentVersions.id, id))),
      );
      return row ?? null;
    },
  };
}

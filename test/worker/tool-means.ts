import { mcpServers } from '../../src/calls/tools/mcp/mcp-servers.ts';
import { readPrivatePlaces } from '../../src/calls/tools/tool-address.ts';
import type { Database } from '../../src/store/connection/database.ts';
import { toolRunStore } from '../../src/store/calls/tool-run-store.ts';
import type { ToolMeans } from '../../src/worker/conversation/tools/tool-means.ts';

/** What tools work with, where every port of this machine may be sent to. */
export function toolMeans(database: Database, secrets: Record<string, string> = {}): ToolMeans {
  const addresses = {
    places: readPrivatePlaces(['127.0.0.1']),
    resolveHost: () => Promise.reject(new Error('Nothing is resolved in tests.')),
  };
  return {
    runs: toolRunStore(database),
    mcp: mcpServers({ rules: addresses, secrets, version: '0', log: () => undefined }),
    addresses,
    secrets,
    resumeUrl: ({ id, resumeToken }) => `http://127.0.0.1/tool-runs/${id}/answer?token=${resumeToken}`,
  };
}

import { lookup } from 'node:dns/promises';
import { mcpServers } from '../calls/tools/mcp/mcp-servers.ts';
import { readPrivatePlaces } from '../calls/tools/tool-address.ts';
import type { Database } from '../store/connection/database.ts';
import { toolRunStore } from '../store/calls/tool-run-store.ts';
import type { Log } from '../telemetry/logger.ts';
import type { ToolMeans } from '../worker/conversation/tools/tool-means.ts';
import type { ToolSettings } from './tool-settings.ts';
import { version } from './version.ts';

/** What the tools of agent files work with, by the operator's settings and the name service of this machine. */
export function toolMeans(
  { secrets, privateHosts, apiUrl }: ToolSettings,
  { database, scheduleCallback, log }: Pick<ToolMeans, 'scheduleCallback'> & { database: Database; log: Log },
): ToolMeans {
  const addresses = toolAddresses(privateHosts);
  return {
    runs: toolRunStore(database),
    ...(scheduleCallback && { scheduleCallback }),
    mcp: mcpServers({ rules: addresses, secrets, version, log: (message, fields) => log('warn', message, fields) }),
    addresses,
    secrets,
    resumeUrl: ({ id, resumeToken }) => `${apiUrl}/tool-runs/${id}/answer?token=${resumeToken}`,
  };
}

export function toolAddresses(privateHosts: readonly string[]): ToolMeans['addresses'] {
  return {
    places: readPrivatePlaces(privateHosts),
    resolveHost: (host) => lookup(host, { all: true, verbatim: true }),
  };
}

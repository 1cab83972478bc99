import { lookup } from 'node:dns/promises';
import { readPrivatePlaces } from '../calls/tools/tool-address.ts';
import type { Database } from '../store/database.ts';
import { toolRunStore } from '../store/tool-run-store.ts';
import type { ToolMeans } from '../worker/conversation/tools/tool-means.ts';
import type { ToolSettings } from './tool-settings.ts';

/** What the tools of agent files work with, by the operator's settings and the name service of this machine. */
export function toolMeans(database: Database, { secrets, privateHosts, apiUrl }: ToolSettings): ToolMeans {
  return {
    runs: toolRunStore(database),
    addresses: toolAddresses(privateHosts),
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

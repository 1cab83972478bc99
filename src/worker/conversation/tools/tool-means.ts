import type { CallbackRequest } from '../../../calls/place/schedule-callback.ts';
import type { McpServers } from '../../../calls/tools/mcp/mcp-ports.ts';
import type { ToolAddressRules } from '../../../calls/tools/tool-address.ts';
import type { ToolOutcome } from '../../../calls/tools/tool-outcome.ts';
import type { ToolRunStore } from '../../../calls/tools/tool-runs.ts';

/** What the tools of agents' own files work with. */
export type ToolMeans = {
  runs: ToolRunStore;
  mcp: McpServers;
  /** Places a call back to the person on the line; without it none can be. */
  scheduleCallback?: (asked: CallbackRequest) => Promise<ToolOutcome>;
  addresses: ToolAddressRules;
  /** By name; written into requests and nowhere else. */
  secrets: Readonly<Record<string, string>>;
  /** Where the answer of a run may be sent later. */
  resumeUrl: (run: { id: string; resumeToken: string }) => string;
};

import type { llm } from '@livekit/agents';

/**
 * Whether this is no answer of a tool: the SDK puts such a thing in its place as long as a tool runs, so that no model sees a
 * call without one. Written against @livekit/agents 1.9.0, `RUNNING_TOOL_PLACEHOLDER_OUTPUT_ID_PREFIX`.
 */
export function isStillRunning({ id }: llm.FunctionCallOutput): boolean {
  return id.startsWith('lk_running_placeholder/');
}

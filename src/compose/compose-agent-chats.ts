import type { AgentChats } from '../calls/agents/agent-chats.ts';
import type { Config } from '../config.ts';

const idleMs = 10 * 60_000;
const most = 20;

/** What holds a conversation is loaded with the first one: most servers never have any. */
export function composeAgentChats(config: Config): AgentChats & { closeAll(): Promise<void> } {
  let loading: ReturnType<typeof load> | undefined;
  const loaded = () =>
    (loading ??= load(config).catch((error: unknown) => {
      loading = undefined;
      throw error;
    }));
  return {
    open: async (request) => (await loaded()).open(request),
    say: async (request) => (await loaded()).say(request),
    close: async (request) => (await loading)?.close(request),
    closeAll: async () => (await loading)?.closeAll(),
  };
}

async function load(config: Config) {
  const [{ agentChats }, { textParts }] = await Promise.all([
    import('../scenarios/text/agent-chats.ts'),
    import('./compose-scenarios.ts'),
  ]);
  const { definitionOf, ...parts } = await textParts(config);
  const limits = { idleMs, most, now: () => performance.now() };
  const chats = agentChats({ ...parts, definitionOf: ({ pipeline }) => definitionOf(pipeline) }, limits);
  setInterval(
    () => void chats.closeIdle().catch((error: unknown) => parts.log('warn', 'a chat could not be closed', { error })),
    idleMs / 2,
  ).unref();
  return chats;
}

import type { llm } from '@livekit/agents';
import type { Agent } from '../../../agent-files/agent.ts';
import type { Call } from '../../../calls/call.ts';
import type { DoNotCallStore } from '../../../calls/do-not-call/do-not-call-ports.ts';
import type { ToldOutcome } from '../../../calls/tools/tool-outcome.ts';
import type { MessageStore } from '../../../calls/ports.ts';
import type { HandOverRequest } from '../../line/transfers/hand-over.ts';
import type { Log } from '../../../telemetry/logger.ts';

/** What the tools of a call may use. */
export type ToolContext = {
  call: Call;
  agent: Agent;
  messages: Pick<MessageStore, 'insertMessage'>;
  doNotCall: Pick<DoNotCallStore, 'add'>;
  /** Hangs up after the last word was heard. With `goodbye` the agent's goodbye is spoken first. */
  hangUp: (options: { goodbye: boolean }) => void;
  /** Presses keys on the line: 0-9, *, #, A-D, and w for half a second. Absent where there is no phone. */
  pressKeys?: ((digits: string) => void) | undefined;
  /** Gives the conversation to another agent file. @throws ToolError */
  handOff?: ((agent: string, question: llm.FunctionCall) => Promise<void>) | undefined;
  /** Asks for digits; what comes of it is told in the conversation. @throws ToolError */
  askFor?: ((name: string, question: llm.FunctionCall) => void) | undefined;
  /** Has the person called again. Throws what a tool throws. */
  scheduleCallback?:
    | ((said: { day: string; time: string }, options: llm.ToolOptions) => Promise<ToldOutcome>)
    | undefined;
  /** Hands the call to somebody else. Never rejects. */
  handOver: (request: HandOverRequest) => Promise<void>;
  log: Log;
};

/** One tool of agents, under the name they use for it: the name of its file. */
// oxlint-disable-next-line typescript/no-explicit-any -- a table of tools with different arguments
export type CallTool = (context: ToolContext) => llm.AnonFunctionTool<any, any, any>;

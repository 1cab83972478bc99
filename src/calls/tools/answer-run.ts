import { httpTools } from '../../agent-files/tools/agent-tools.ts';
import { roomOf } from '../call.ts';
import { CallError } from '../errors.ts';
import type { AgentDirectory, CallStore, Rooms } from '../ports.ts';
import { select } from './read-answer.ts';
import type { ToolOutcome } from './tool-outcome.ts';
import type { ToolRun, ToolRunStore } from './tool-runs.ts';

const longestAnswer = 4000;

/**
 * Takes the answer of a tool that its server promised for later, from whoever has the token of the run. A call that goes on
 * speaks of it; when it is over the answer is kept with it.
 * @throws CallError `tool_run_not_found`: there is none, it waits for nothing, or the token is another one
 */
export async function answerRun(
  given: { id: string; token: string; refused: boolean; answer: unknown },
  deps: {
    toolRuns: ToolRunStore;
    calls: Pick<CallStore, 'findCall'>;
    rooms: Pick<Rooms, 'sendControl'>;
    agents: AgentDirectory;
  },
): Promise<{ run: ToolRun; callGoesOn: boolean }> {
  const { id, token, refused, answer } = given;
  const open = await deps.toolRuns.find(id);
  const call = open && (await deps.calls.findCall(open.callId));
  const tools = call ? httpTools(deps.agents.get(call.agent) ?? { tools: [] }) : [];
  const reading = tools.find(({ name }) => name === open?.tool)?.answer ?? { max_chars: longestAnswer };
  const outcome: ToolOutcome = {
    is: refused ? 'refused' : 'done',
    ...(answer !== undefined && select(answer, reading)),
  };
  const run = call && (await deps.toolRuns.answer(id, { token, outcome }));
  if (!call || !run)
    throw new CallError(
      'tool_run_not_found',
      'No run of a tool waits for an answer here. Send it once, to the address of `Parley-Resume-Url` as it came.',
    );
  const callGoesOn = call.state === 'in_progress';
  // The session looks for it by itself every few seconds where it is not told.
  if (callGoesOn)
    await deps.rooms.sendControl(roomOf(call), { type: 'tool_answered', runId: id }).catch(() => undefined);
  return { run, callGoesOn };
}

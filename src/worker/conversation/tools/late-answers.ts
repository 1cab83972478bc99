import { AsyncLocalStorage } from 'node:async_hooks';
import { llm, voice } from '@livekit/agents';
import type { ToldOutcome } from '../../../calls/tools/tool-outcome.ts';
import type { Log } from '../../../telemetry/logger.ts';
import type { CallAgent } from '../call-agent.ts';

type Answer = { runId: string; told: ToldOutcome; isError: boolean };

type Asked = { tool: string; arguments: Record<string, unknown> };

type Session = Pick<voice.AgentSession, 'waitForIdle' | 'generateReply' | 'emit'>;

/**
 * Answers of tools for which nobody waits any more: the caller spoke while the tool ran, or its server said that it answers
 * later. They go into the conversation as they come, and the agent speaks of them once nobody else does. Also finds out when
 * the caller has heard what came of a tool.
 */
export class LateAnswers {
  readonly #told: (runId: string) => void;
  readonly #log: Log;
  /** What the caller has heard of. */
  readonly #heard = new Set<string>();
  /** Over once the speech is that tells what came of a run. */
  readonly #followed = new Map<string, Promise<void>>();
  #session: Session | undefined;
  #agent: CallAgent | undefined;
  /** Runs outside of the tool whose answer it is: within one the SDK lets an answer call no tools. */
  readonly #outside = AsyncLocalStorage.snapshot();
  #speaking: Promise<void> = Promise.resolve();

  constructor({ told, log }: { told: (runId: string) => void; log: Log }) {
    this.#told = (runId) => {
      this.#heard.add(runId);
      told(runId);
    };
    this.#log = log;
  }

  /** The conversation begins. */
  attach(session: Session, agent: CallAgent): void {
    this.#session = session;
    this.#agent = agent;
  }

  /** How often the caller has spoken so far. */
  get callerTurns(): number {
    return this.#agent?.chatCtx.items.filter((item) => item.type === 'message' && item.role === 'user').length ?? 0;
  }

  /** The answer is spoken of within this speech: once that is heard to its end, the caller knows. */
  follow(speech: voice.SpeechHandle, runId: string): void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#followed.set(runId, promise);
    speech.addDoneCallback(({ interrupted, chatItems }) => {
      const answered = chatItems.findLastIndex(({ type }) => type === 'function_call_output');
      const spoken = chatItems.slice(answered + 1).some((item) => item.type === 'message' && item.role === 'assistant');
      if (!interrupted && answered >= 0 && spoken) this.#told(runId);
      resolve();
    });
  }

  /** The answer of a call that another speech tells of: the model knows it, and nothing is said. */
  known({ callId, name }: llm.FunctionCall, { told, isError }: Answer): void {
    const output = JSON.stringify(told);
    this.#agent?.addToHistory([llm.FunctionCallOutput.create({ callId, name, output, isError })]);
  }

  /** The answer of a call of which the conversation has the question alone. */
  interrupted(call: llm.FunctionCall, answer: Answer): void {
    // It is gone with the tool where the conversation belongs to another agent by now.
    this.#add(this.#agent?.functionCall(call.callId) ? [] : [call], call, answer);
  }

  /** An answer that was promised for later: question and answer go to the end of the conversation. */
  later(run: Asked, answer: Answer): void {
    const question = questionOf(run, `later_${answer.runId}`);
    this.#add([question], question, answer);
  }

  /** What an earlier session of the call had done: the model knows, and speaks of it when it is asked. */
  remember(run: Asked, { runId, told, isError }: Answer): void {
    const question = questionOf(run, runId);
    const { callId, name } = question;
    const answer = llm.FunctionCallOutput.create({ callId, name, output: JSON.stringify(told), isError });
    this.#agent?.addToHistory([question, answer]);
  }

  #add(before: llm.FunctionCall[], { callId, name }: llm.FunctionCall, { runId, told, isError }: Answer): void {
    const agent = this.#agent;
    if (!agent || !this.#session) return;
    const item = llm.FunctionCallOutput.create({ callId, name, output: JSON.stringify(told), isError });
    const question = before[0] ?? agent.functionCall(callId);
    agent.addToHistory([...before, item]);
    this.#session.emit(voice.AgentSessionEventTypes.FunctionToolsExecuted, {
      type: 'function_tools_executed',
      functionCalls: question ? [question] : [],
      functionCallOutputs: [item],
      createdAt: Date.now(),
    });
    this.#speaking = this.#speaking
      .then(() => this.#outside(() => this.#speakOf(item, runId)))
      .catch((error: unknown) => {
        this.#log('debug', 'the conversation ended before a late answer was spoken of', { error });
      });
  }

  async #speakOf(item: llm.FunctionCallOutput, runId: string): Promise<void> {
    await this.#session?.waitForIdle();
    if (this.#followed.has(runId)) {
      await this.#followed.get(runId);
      await this.#session?.waitForIdle();
    }
    // It may have been asked for once more meanwhile, or the caller's own words were answered with it.
    if (this.#heard.has(runId) || this.#agent?.hasSpokenOf(item)) return;
    const speech = this.#session?.generateReply();
    if (!speech) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    speech.addDoneCallback(({ interrupted, chatItems }) => {
      const spoken = chatItems.some((each) => each.type === 'message' && each.role === 'assistant');
      if (!interrupted && spoken) this.#told(runId);
      resolve();
    });
    await promise;
  }
}

function questionOf({ tool, arguments: given }: Asked, callId: string): llm.FunctionCall {
  return llm.FunctionCall.create({ callId, name: tool.replaceAll('-', '_'), args: JSON.stringify(given) });
}

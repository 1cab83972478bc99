import { llm } from '@livekit/agents';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { ChatModel, type ChatRequest } from '../wire/chat-model.ts';
import type { Provider } from '../contract.ts';
import { ProviderError } from '../errors.ts';
import { isStillRunning } from '../answer/still-running.ts';
import { keysAsWords } from '../text/pressed-keys.ts';
import { readToolResult } from '../scripted/tool-answer.ts';
import { createScriptedBrain, type HistoryItem, type ScriptedBrain } from '../scripted/create-scripted-brain.ts';

const name = 'scripted-llm';
/** The tool that gives a conversation to another agent. */
const handOffTool = 'hand-off';

const options = z.strictObject({});

/** Answers from the `script:` of the agent's file and from nothing else: no model, no network, no invention. */
export const scriptedLlm = {
  name,
  role: 'llm',
  title: 'Scripted responder (no language model)',
  hosting: 'embedded',
  options,
  priceUnit: 'none',
  requires: [],
  create: (_, { script, variables, reaches }) => {
    if (!script) {
      throw new ProviderError(
        'not_configured',
        name,
        'the agent has no `script:`; add one to its file, or another llm',
      );
    }
    try {
      return new ScriptedModel(createScriptedBrain(script, variables, reaches));
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new ProviderError('not_configured', name, `${reason}; give it in \`variables\``, { cause });
    }
  },
  check: () => Promise.resolve({ ok: true, latencyMs: 0, message: 'answers from the `script:` of the agent' }),
} as const satisfies Provider<'llm', typeof options>;

class ScriptedModel extends ChatModel {
  readonly #brain: ScriptedBrain;

  constructor(brain: ScriptedBrain) {
    super({ label: name, model: 'script', provider: 'parley' });
    this.#brain = brain;
  }

  /** The first use of the expressions that read names, days and numbers is many times slower than the next. */
  override warm(): void {
    this.#brain.reply([], 'My name is Tom Berger, on Thursday at three, 555 0123, yes.');
  }

  protected override _prewarmImpl(): Promise<void> {
    this.warm();
    return Promise.resolve();
  }

  // oxlint-disable-next-line typescript/require-await -- the contract is a stream; a script has nothing to wait for
  async *generate({ chatCtx, toolCtx, toolChoice }: ChatRequest): AsyncGenerator<llm.ChatChunk> {
    const functions = toolChoice === 'none' ? [] : Object.keys(toolCtx?.functionTools ?? {});
    const byFileName = new Map(functions.map((each) => [fileName(each), each]));
    const reply = this.#brain.reply(historyOf(chatCtx), undefined, new Set(byFileName.keys()));
    const id = `scripted_${randomUUID()}`;
    for (const content of reply.sentences) yield { id, delta: { role: 'assistant', content } };
    const tool = reply.toolCall && byFileName.get(reply.toolCall.tool);
    if (tool && reply.toolCall) {
      const args = JSON.stringify(reply.toolCall.args);
      const call = llm.FunctionCall.create({ callId: `call_${randomUUID()}`, name: tool, args });
      yield { id, delta: { role: 'assistant', toolCalls: [call] } };
    }
    yield { id, usage: { promptTokens: 0, promptCachedTokens: 0, completionTokens: 0, totalTokens: 0 } };
  }
}

/** Models take `_` in names of functions, files have `-`. */
function fileName(functionName: string): string {
  return functionName.replaceAll('_', '-');
}

/** Of a conversation that another agent gave to this one, its script has to answer what the caller said last. */
function historyOf(chatCtx: llm.ChatContext): HistoryItem[] {
  const { items } = chatCtx;
  const given = items.findLastIndex(
    (item) => item.type === 'function_call_output' && fileName(item.name) === handOffTool && !item.isError,
  );
  if (given < 0) return historyIn(items);
  const asked = items.slice(0, given).findLast((item) => item.type === 'message' && item.role === 'user');
  return historyIn([...(asked ? [asked] : []), ...items.slice(given + 1)]);
}

function historyIn(items: readonly llm.ChatItem[]): HistoryItem[] {
  return items.flatMap((item): HistoryItem[] => {
    if (item.type === 'function_call') return [{ type: 'call', tool: fileName(item.name) }];
    if (item.type === 'function_call_output') {
      if (isStillRunning(item)) return [];
      return [{ type: 'result', tool: fileName(item.name), ...readToolResult(item.output, item.isError) }];
    }
    if (item.type !== 'message') return [];
    const text = item.textContent ?? '';
    const { papers } = item.extra;
    if (item.role === 'user')
      return [{ type: 'caller', text: keysAsWords(text), ...(typeof papers === 'string' && { papers }) }];
    return item.role === 'assistant' ? [{ type: 'agent', text, interrupted: item.interrupted }] : [];
  });
}

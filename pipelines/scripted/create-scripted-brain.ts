import type { Script } from './script.ts';
import { compileScript } from './compile-script.ts';
import { createReplay, type HistoryItem } from './replay.ts';
import { pending } from './turns/pending.ts';
import { type Reaches, reachesNobody } from './reaches.ts';
import { failed } from './turns/run-task.ts';
import type { ToolCall } from './turns/talk.ts';

export type { HistoryItem };

/** An answer: what to say, in sentences, and the tool to call in the same breath. Both may be empty. */
export type ScriptedReply = { text: string; sentences: readonly string[]; toolCall?: ToolCall };

export type ScriptedBrain = {
  /**
   * The answer to a transcript, and to `utterance` after it. Pure: the same transcript always has the same answer. `tools` are those
   * that can be called, by their agent-file names; all of them when absent.
   */
  reply(history: readonly HistoryItem[], utterance?: string, tools?: ReadonlySet<string>): ScriptedReply;
};

/**
 * A conversation partner that says nothing but the texts of a script, with the caller's answers and the variables filled in.
 * @throws Error when a text of the script uses a name that is neither a variable nor a slot.
 */
export function createScriptedBrain(
  script: Script,
  variables: Record<string, string> = {},
  reaches: Reaches = reachesNobody,
): ScriptedBrain {
  const compiled = compileScript(script, variables, reaches);
  const replay = createReplay(compiled);
  return {
    reply(history, utterance, tools) {
      const turns = utterance === undefined ? history : [...history, { type: 'caller' as const, text: utterance }];
      const { talk, move } = replay(turns);
      if (!move) return spoken(pending(compiled, talk));
      if (!move.call || !tools || tools.has(move.call.tool)) return spoken(move.say, move.call);
      if (move.call.tool === 'end-call') return spoken(move.say);
      return spoken(failed(compiled, move.talk).say);
    },
  };
}

function spoken(say: readonly string[], toolCall?: ToolCall): ScriptedReply {
  const text = say.filter(Boolean).join(' ');
  const sentences = text.match(/.+?(?:[.?!](?=\s|$)|$)\s*/gs) ?? [];
  return { text, sentences, ...(toolCall && { toolCall }) };
}

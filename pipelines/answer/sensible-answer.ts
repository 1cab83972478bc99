import { llm } from '@livekit/agents';
import { ProviderError } from '../errors.ts';
import { SpeechFilter, type Understood } from './speech-filter.ts';
import { opensAsThought } from './thought-opening.ts';
import type { ToolTable } from './tool-table.ts';
import type { WrittenCall } from './written-calls.ts';

/** An answer is not heard beyond this: some seven minutes of speech. */
const longestAnswer = 6_000;
/** What a model may write that is not heard, characters; then it is lost in thought. */
const longestUnheard = 200_000;
/** A piece of text and a call of a tool count as so much of it at least: how many come is bounded, too. */
const leastOfPiece = 10;
const leastOfCall = 1_000;

/** By which a thought is told, and the longest mark of its end, characters. */
const longestOpening = 80;
const longestMark = 24;

/** Models of this process by name: whether their servers leave the beginning of a thought unmarked, once that is known. */
const thinkers = new Map<string, boolean>();
const thoughtEnd = /<\/think(?:ing)?\s*>|\[\/THINK\]/i;

/**
 * What of a model's answer is meant: speech, and calls of tools that there are, with arguments as these take them. A call
 * that was written as text is a call.
 * @throws ProviderError `empty_answer` when there is neither
 */
export async function* sensibleAnswer(
  chunks: AsyncIterable<llm.ChatChunk>,
  request: {
    provider: string;
    /** Provider and model, for what is remembered of them. */
    name: string;
    tools: ToolTable;
    /** Tools may be called. */
    mayCall: boolean;
    /** By its name it may be one that thinks aloud: its first answer is held back until that is known. */
    mayThink?: boolean;
    warn: (message: string, fields?: Record<string, unknown>) => void;
  },
): AsyncGenerator<llm.ChatChunk> {
  const { provider, name, tools, mayCall, mayThink = false, warn } = request;
  const filter = new SpeechFilter(tools);
  const called = new Set<string>();
  let id = '';
  let read = 0;
  let said = 0;
  let opening = '';
  let anyWord = false;
  /** Everything so far, as long as it may be a thought of which only the end will be marked. */
  let unread: string | undefined = '';

  const callsOf = (calls: readonly WrittenCall[]) =>
    calls.flatMap(({ name: tool, args: given }) => {
      const args = tools.argumentsOf(tool, given);
      if (!mayCall || called.has(tool + args)) return [];
      called.add(tool + args);
      return [new llm.FunctionCall({ callId: `call_${crypto.randomUUID()}`, name: tool, args })];
    });
  const meant = function* ({ speech, calls }: Understood): Generator<llm.ChatChunk> {
    if (filter.closedThought && !thinkers.get(name)) {
      thinkers.set(name, true);
      opening = '';
      warn(
        'the model thinks aloud, and no mark shows where that begins; its next answers are held back until it ends',
        {
          provider,
        },
      );
    }
    if (!anyWord) {
      opening += speech;
      anyWord = /[\p{L}\p{N}]/u.test(opening);
      if (anyWord) yield* spoken(opening.trimStart());
    } else if (speech) yield* spoken(speech);
    const toolCalls = callsOf(calls);
    if (toolCalls.length > 0) yield { id, delta: { role: 'assistant', toolCalls } };
  };
  const spoken = function* (content: string): Generator<llm.ChatChunk> {
    const rest = content.slice(0, Math.max(0, longestAnswer - said)).replace(/[\ud800-\udbff]$/, '');
    said += content.length;
    if (rest) yield { id, delta: { role: 'assistant', content: rest } };
  };
  const hear = (content: string): Understood => {
    if (unread === undefined) return filter.push(content);
    unread += content;
    const mayBeThought = (thinkers.get(name) ?? mayThink) || opensAsThought(unread.slice(0, longestOpening)) !== false;
    const isOver = thoughtEnd.test(unread.slice(-content.length - longestMark));
    if (mayBeThought && !isOver) return { speech: '', calls: [] };
    const all = unread;
    unread = undefined;
    return filter.push(all);
  };

  for await (const chunk of chunks) {
    id ||= chunk.id;
    const { content, toolCalls } = chunk.delta ?? {};
    if (content) {
      read += Math.max(leastOfPiece, content.length);
      yield* meant(hear(content));
    }
    if (toolCalls?.length) {
      for (const { args } of toolCalls) read += leastOfCall + args.length;
      const known = mayCall ? toolCalls.flatMap((call) => understood(call, { tools, called })) : [];
      if (known.length > 0) yield { ...chunk, delta: { role: 'assistant', toolCalls: known } };
    }
    if (chunk.usage) yield { id: chunk.id, usage: chunk.usage };
    if (said < longestAnswer && read - said < longestUnheard) continue;
    warn('the answer does not end; the rest of it is not heard', { provider, said, read });
    unread = undefined;
    break;
  }
  if (unread) yield* meant(filter.push(unread));
  yield* meant(filter.end());
  if (anyWord && !thinkers.has(name)) thinkers.set(name, false);
  if (!anyWord && called.size === 0)
    throw new ProviderError(
      'empty_answer',
      provider,
      'the answer had no words. If that happens often, choose another model.',
    );
}

/** The call as its tool takes it, once. One of an unknown tool stays as it is, for the model to be told. */
function understood(
  call: llm.FunctionCall,
  { tools, called }: { tools: ToolTable; called: Set<string> },
): llm.FunctionCall[] {
  tools.understand(call);
  const key = call.name + call.args;
  if (called.has(key)) return [];
  called.add(key);
  return [call];
}

import { type Attributes, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import { attribute } from './attributes.ts';

/** Longest list of messages on one span, characters: the SDK writes the whole conversation on every request. */
const longestMessages = 32_000;
const inputMessages = 'gen_ai.input.messages';

/** Where the SDK puts words, and where Langfuse looks for them, per span name: input, output. */
const words: Record<string, { input?: string; output?: string }> = {
  user_turn: { output: 'lk.pii.user_transcript' },
  agent_turn: { input: 'lk.pii.user_input', output: 'lk.pii.response.text' },
};

/** What a span may carry when content is off. A list of what is let through, so that nothing new slips by. */
const withoutContent = [
  /^lk\.(?!.*pii|participant)/,
  /^gen_ai\.(operation|provider|request|response|usage|agent|workflow|conversation)\./,
  /^gen_ai\.output\.type$/,
  /^gen_ai\.tool\.(name|type|call\.id)$/,
  /^langfuse\.(session\.id|user\.id|environment|trace\.(name|tags|metadata\..+))$/,
  /^langfuse\.observation\.(type|model\.name|usage_details|cost_details|completion_start_time)$/,
  /^parley\.(?!call\.phone_number)/,
  /^(error|exception)\.type$/,
];

type Ending = Pick<ReadableSpan, 'name' | 'attributes' | 'events' | 'status'>;

/**
 * Brings the words on a span that is about to end to where Langfuse shows them, once; without `content` takes every word
 * and number off it, those of error messages too.
 */
export function arrangeContent(span: Ending, { content }: { content: boolean }): void {
  const { attributes } = span;
  const found = words[span.name];
  if (content && found?.input) move(attributes, found.input, attribute.input);
  if (content && found?.output) move(attributes, found.output, attribute.output);
  if (content) shortenMessages(attributes);
  for (const key of Object.keys(attributes)) if (!mayStay(key, content)) delete attributes[key];
  if (content) return;
  for (const { attributes: ofEvent = {} } of span.events)
    for (const key of Object.keys(ofEvent)) if (!mayStay(key, false)) delete ofEvent[key];
  if (span.status.code === SpanStatusCode.ERROR) delete span.status.message;
}

/** The SDK's own copies of the words are never sent: they would be the whole conversation, three times per answer. */
function mayStay(key: string, content: boolean): boolean {
  return content ? !/(^|\.)pii(\.|$)/.test(key) : withoutContent.some((pattern) => pattern.test(key));
}

function move(attributes: Attributes, from: string, to: string): void {
  const value = attributes[from];
  if (typeof value === 'string' && value.trim() !== '') attributes[to] = value;
}

/** Keeps the newest messages of a long conversation. */
function shortenMessages(attributes: Attributes): void {
  const text = attributes[inputMessages];
  if (typeof text !== 'string' || text.length <= longestMessages) return;
  const messages = JSON.parse(text) as unknown[];
  const kept: string[] = [];
  let length = 0;
  for (const message of messages.toReversed()) {
    const json = JSON.stringify(message);
    length += json.length + 1;
    if (length > longestMessages) break;
    kept.unshift(json);
  }
  attributes[inputMessages] = `[${kept.join(',')}]`;
}

/** A message as OpenAI-style servers take it. */
export type ChatMessage = {
  role: string;
  content?: unknown;
  tool_calls?: { id: string; type?: string; function: { name: string; arguments: string } }[];
  tool_call_id?: string;
};

/** What the prompt template of a model does not take. Each one includes the ones before it. */
export type Strictness = 'none' | 'alternating' | 'no_system';

const nobodySpoke = '(The call has begun.)';

/**
 * The same conversation with neighbours of one role as one message, which every model takes. `alternating`: after the
 * system text it begins with the caller and goes to and fro; what the agent said before them goes into the system text,
 * and so do later instructions, to the place where they are given. `no_system`: that text stands in the caller's first
 * message.
 */
export function fittingMessages(messages: readonly ChatMessage[], strictness: Strictness): ChatMessage[] {
  if (strictness === 'none') return merged(messages);
  const opening: string[] = [];
  const rest: ChatMessage[] = [];
  for (const message of messages) {
    const isSystem = message.role === 'system' || message.role === 'developer';
    const started = rest.length > 0;
    if (!started && isSystem) opening.push(textOf(message));
    else if (!started && message.role === 'assistant' && !message.tool_calls)
      opening.push(`You opened the call with: "${textOf(message)}"`);
    else if (!started && message.role !== 'user') rest.push({ role: 'user', content: nobodySpoke }, message);
    else rest.push(isSystem ? { role: 'user', content: `(Note: ${textOf(message)})` } : message);
  }
  if (rest.length === 0) rest.push({ role: 'user', content: nobodySpoke });
  const talk = merged(rest);
  const system = opening.filter(Boolean).join('\n\n');
  if (!system) return talk;
  if (strictness === 'alternating') return [{ role: 'system', content: system }, ...talk];
  const [first, ...others] = talk;
  return [{ role: 'user', content: [system, first ? textOf(first) : ''].join('\n\n') }, ...others];
}

/** Neighbours of one role as one message; what calls tools, or answers such a call, stays alone. */
function merged(messages: readonly ChatMessage[]): ChatMessage[] {
  const result: ChatMessage[] = [];
  for (const message of messages) {
    const last = result.at(-1);
    const joins =
      last?.role === message.role &&
      message.role !== 'tool' &&
      !last.tool_calls &&
      !message.tool_calls &&
      typeof last.content === 'string' &&
      typeof message.content === 'string';
    if (joins)
      result[result.length - 1] = { ...last, content: `${last.content as string}\n${message.content as string}` };
    else result.push(message);
  }
  return result;
}

/** The conversation without tools on the wire: what was called and what came of it, in words. */
export function withoutTools(messages: readonly ChatMessage[], tools: readonly unknown[]): ChatMessage[] {
  const names = new Map<string, string>();
  const told = messages.map((message): ChatMessage => {
    for (const { id, function: called } of message.tool_calls ?? []) names.set(id, called.name);
    if (message.role === 'tool') {
      const name = names.get(message.tool_call_id ?? '') ?? 'the tool';
      return { role: 'user', content: `(Result of ${name}: ${textOf(message)})` };
    }
    if (!message.tool_calls) return message;
    const calls = message.tool_calls.map(
      ({ function: { name, arguments: args } }) => `{"name": "${name}", "parameters": ${args}}`,
    );
    return { role: 'assistant', content: [textOf(message), ...calls].filter(Boolean).join('\n') };
  });
  if (tools.length === 0) return told;
  const how = `You can call these tools: ${JSON.stringify(tools)}. To call one, answer with nothing but {"name": "…", "parameters": {…}}.`;
  const [first, ...others] = told;
  return first?.role === 'system'
    ? [{ ...first, content: `${textOf(first)}\n\n${how}` }, ...others]
    : [{ role: 'system', content: how }, ...told];
}

/** Without the older half of what was said: for a model whose context is full. The system text and the last words stay. */
export function shortened(messages: readonly ChatMessage[]): ChatMessage[] {
  const head = messages.filter(({ role }, index) => index === 0 && (role === 'system' || role === 'developer'));
  const talk = messages.slice(head.length);
  const from = talk.findIndex(({ role }, index) => index >= Math.ceil(talk.length / 2) && role === 'user');
  return [...head, ...(from < 0 ? talk.slice(-1) : talk.slice(from))];
}

export function textOf({ content }: ChatMessage): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part: { text?: unknown }) => (typeof part.text === 'string' ? part.text : '')).join('\n');
}

import { type ChatMessage, fittingMessages, shortened, type Strictness, withoutTools } from './chat-messages.ts';

/** What a server was found not to take. */
export type Manners = { strictness: Strictness; takesTools: boolean; unknownFields: ReadonlySet<string> };

/** One request as it is meant. */
export type PlainRequest = {
  messages: ChatMessage[];
  tools: Record<string, unknown>[];
  fields: Record<string, unknown>;
};

const polite: Manners = { strictness: 'none', takesTools: true, unknownFields: new Set() };

/** Fields that not every server knows; without them the answer is the same, or nearly. */
const optionalFields = [
  'stream_options',
  'parallel_tool_calls',
  'tool_choice',
  'temperature',
  'max_tokens',
  'think',
] as const;

type Row = [said: RegExp, change: (known: Manners, said: string) => Manners | undefined];

/**
 * Refusals that say what to do instead. The texts are those of the templates of Mistral and Gemma (through vLLM, llama.cpp
 * and LM Studio), of vLLM, of llama.cpp, of Ollama and of OpenAI.
 */
const refusals: readonly Row[] = [
  [
    /system.{0,24}(?:role|message|prompt).{0,24}not.{0,12}support|not support.{0,24}system|system.{0,12}role.{0,24}(?:invalid|unknown|unexpected)|only user(?:,| and).{0,24}assistant/i,
    (known) => (known.strictness === 'no_system' ? undefined : { ...known, strictness: 'no_system' }),
  ],
  [
    /roles? must alternate|must alternate|alternat\w+ (?:between )?user|first message.{0,24}user|start with (?:a )?user|consecutive.{0,24}(?:role|message)|after the optional system/i,
    (known) => (known.strictness === 'none' ? { ...known, strictness: 'alternating' } : undefined),
  ],
  [
    /not support\w*.{0,24}tools?\b|no endpoints found that support tool use|tools?\b.{0,40}not.{0,12}support|tool choice requires|tool-call-parser|tools param requires|function calling.{0,24}not/i,
    (known) => (known.takesTools ? { ...known, takesTools: false } : undefined),
  ],
  [
    /unsupported|unrecogni[sz]ed|unknown|not permitted|extra (?:fields|inputs)|not support/i,
    (known, said) => {
      const field = optionalFields.find((each) => said.includes(each) && !known.unknownFields.has(each));
      return field && { ...known, unknownFields: new Set([...known.unknownFields, field]) };
    },
  ],
];

const known = new Map<string, Manners>();

/** Whether a refusal says that the conversation is longer than the model's context. */
export function isTooLong(said: string): boolean {
  return /context.{0,24}(?:length|size|window|limit)|context_length_exceeded|too long|too many tokens|maximum.{0,16}tokens/i.test(
    said,
  );
}

/**
 * How a model of a server is to be asked. What one refusal taught holds for the next requests of this process, so that
 * only the first one is asked twice.
 */
export class ServerManners {
  readonly #key: string;
  #cuts = 0;

  constructor(url: string, model: string) {
    this.#key = `${url} ${model}`;
  }

  get known(): Manners {
    return known.get(this.#key) ?? polite;
  }

  /** The request as this server takes it. */
  fit({ messages, tools, fields }: PlainRequest): Record<string, unknown> {
    const { strictness, takesTools, unknownFields } = this.known;
    let talk = this.#cut(messages);
    if (!takesTools) talk = withoutTools(talk, tools);
    const asked = Object.entries(fields).filter(
      ([field]) => !unknownFields.has(field) && (takesTools || !toolFields.has(field)),
    );
    const renamed = unknownFields.has('max_tokens') && fields['max_tokens'] !== undefined;
    return {
      ...Object.fromEntries(asked),
      ...(renamed && { max_completion_tokens: fields['max_tokens'] }),
      messages: fittingMessages(talk, strictness),
      ...(takesTools && tools.length > 0 && { tools }),
    };
  }

  #cut(messages: ChatMessage[]): ChatMessage[] {
    let talk = messages;
    for (let cut = 0; cut < this.#cuts; cut += 1) talk = shortened(talk);
    return talk;
  }

  /** Learns from the refusal of a request. Returns whether asking again, in another way, is of use. */
  learn(message: string, { messages }: PlainRequest): boolean {
    const said = message.slice(0, 1_000);
    if (isTooLong(said)) {
      const before = this.#cut(messages).length;
      this.#cuts += 1;
      return this.#cut(messages).length < before;
    }
    for (const [pattern, change] of refusals) {
      if (!pattern.test(said)) continue;
      const better = change(this.known, said);
      if (!better) continue;
      known.set(this.#key, better);
      return true;
    }
    return false;
  }

  /** What was learned, as the end of a sentence; undefined when nothing was. */
  describe(): string | undefined {
    const { strictness, takesTools, unknownFields } = this.known;
    const parts = [
      strictness === 'alternating' && 'its roles have to alternate',
      strictness === 'no_system' && 'it takes no system text',
      !takesTools && 'it takes no tools, so they are described to it in words',
      unknownFields.size > 0 && `it does not know ${[...unknownFields].join(', ')}`,
    ].filter(Boolean);
    return parts.length > 0 ? parts.join('; ') : undefined;
  }
}

const toolFields = new Set(['tool_choice', 'parallel_tool_calls']);

import type { OtlpSpan, Value } from './otlp-messages.ts';

/** One row of a trace, as Langfuse shows it. */
export type Observation = {
  id: string;
  parentId: string | undefined;
  traceId: string;
  name: string;
  type: string;
  model: string | undefined;
  usage: Record<string, number>;
  /** USD. */
  cost: number | undefined;
  session: string | undefined;
  user: string | undefined;
  tags: string[];
  environment: string;
  input: Value;
  output: Value;
  level: string;
};

type Attributes = Record<string, Value>;

/** The mapping of Langfuse 4.16, `OtelIngestionProcessor`: of each target the first attribute that is there. */
export function asLangfuseShows(span: OtlpSpan): Observation {
  const { attributes, resource } = span;
  const first = (...keys: string[]) => keys.map((key) => attributes[key]).find((value) => value !== undefined);
  const operation = attributes['gen_ai.operation.name'];
  const model = first('langfuse.observation.model.name', 'gen_ai.response.model', 'gen_ai.request.model', 'model');
  const isAgent = operation === 'invoke_agent';
  const toolName = attributes['gen_ai.tool.name'];
  return {
    id: span.spanId,
    parentId: span.parentSpanId,
    traceId: span.traceId,
    name: text(toolName) ?? span.name,
    type: typeOf(attributes, model),
    model: isAgent ? undefined : text(model),
    usage: isAgent ? {} : usageOf(attributes),
    cost: isAgent ? undefined : costOf(attributes),
    session: text(first('langfuse.session.id', 'session.id', 'gen_ai.conversation.id')),
    user: text(first('langfuse.user.id', 'user.id')),
    tags: (first('langfuse.trace.tags', 'langfuse.tags') as string[] | undefined) ?? [],
    environment: String(
      first('langfuse.environment', 'deployment.environment.name') ??
        resource['deployment.environment.name'] ??
        'default',
    ).toLowerCase(),
    input: first('langfuse.observation.input', 'lk.input_text', 'lk.chat_ctx', 'gen_ai.input.messages', ...toolInput),
    output: first('langfuse.observation.output', 'lk.response.text', 'gen_ai.output.messages', ...toolOutput),
    level: span.status.code === 2 ? 'ERROR' : String(first('langfuse.observation.level') ?? 'DEFAULT'),
  };
}

const toolInput = ['gen_ai.tool.call.arguments'];
const toolOutput = ['gen_ai.tool.call.result'];
const operations: Record<string, string> = {
  chat: 'GENERATION',
  text_completion: 'GENERATION',
  generate_content: 'GENERATION',
  embeddings: 'EMBEDDING',
  invoke_agent: 'AGENT',
  create_agent: 'AGENT',
  execute_tool: 'TOOL',
};

function typeOf(attributes: Attributes, model: Value): string {
  const given = attributes['langfuse.observation.type'];
  if (typeof given === 'string') return given.toUpperCase();
  return operations[String(attributes['gen_ai.operation.name'])] ?? (model === undefined ? 'SPAN' : 'GENERATION');
}

function usageOf(attributes: Attributes): Record<string, number> {
  const details = attributes['langfuse.observation.usage_details'];
  if (details !== undefined) return objectIn(details);
  const usage: Record<string, number> = {};
  for (const [key, value] of Object.entries(attributes))
    if (key.startsWith('gen_ai.usage.') && key !== 'gen_ai.usage.cost' && typeof value === 'number')
      usage[key.slice('gen_ai.usage.'.length)] = value;
  const { prompt_tokens, input_tokens, completion_tokens, output_tokens, total_tokens, ...others } = usage;
  const input = prompt_tokens ?? input_tokens;
  const output = completion_tokens ?? output_tokens;
  return {
    ...(input !== undefined && { input }),
    ...(output !== undefined && { output }),
    ...(total_tokens !== undefined && { total: total_tokens }),
    ...others,
  };
}

function costOf(attributes: Attributes): number | undefined {
  const details = attributes['langfuse.observation.cost_details'];
  if (details !== undefined) return objectIn(details)['total'];
  const cost = attributes['gen_ai.usage.cost'];
  return typeof cost === 'number' ? cost : undefined;
}

/** Only a string of JSON counts; anything else is ignored. */
function objectIn(value: Value): Record<string, number> {
  return typeof value === 'string' ? (JSON.parse(value) as Record<string, number>) : {};
}

function text(value: Value): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

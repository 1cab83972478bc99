/**
 * The name of every attribute that Parley writes on a span. `docs/telemetry.md` lists the same, and a test compares the two.
 * What the SDK writes besides is listed by prefix in `span-content.ts`.
 */
export const attribute = {
  // On every span of a call. Langfuse judges observations one by one, so each has to say whose it is.
  session: 'langfuse.session.id',
  user: 'langfuse.user.id',
  traceName: 'langfuse.trace.name',
  tags: 'langfuse.trace.tags',
  environment: 'langfuse.environment',
  conversation: 'gen_ai.conversation.id',
  callId: 'parley.call.id',

  // On every span: what it is, and what was said.
  type: 'langfuse.observation.type',
  input: 'langfuse.observation.input',
  output: 'langfuse.observation.output',

  // On the span of a call.
  tenant: 'parley.call.tenant',
  agent: 'parley.call.agent',
  direction: 'parley.call.direction',
  pipeline: 'parley.call.pipeline',
  attempt: 'parley.call.attempt',
  phoneNumber: 'parley.call.phone_number',
  outcome: 'parley.call.outcome',
  endReason: 'parley.call.end_reason',
  fault: 'parley.call.fault',
  hungUpBy: 'parley.call.hung_up_by',
  durationSeconds: 'parley.call.duration_seconds',
  callCost: 'parley.call.cost_usd',
  /** Followed by the key. Langfuse filters by these. */
  traceMetadata: 'langfuse.trace.metadata.',

  // On each use of a provider.
  usageCost: 'gen_ai.usage.cost',
  promptTokens: 'gen_ai.usage.prompt_tokens',
  completionTokens: 'gen_ai.usage.completion_tokens',
  totalTokens: 'gen_ai.usage.total_tokens',
  responseModel: 'gen_ai.response.model',
  providerName: 'gen_ai.provider.name',
  model: 'langfuse.observation.model.name',
  usageDetails: 'langfuse.observation.usage_details',
  costDetails: 'langfuse.observation.cost_details',
  provider: 'parley.provider',
  quantity: 'parley.usage.quantity',
  unit: 'parley.usage.unit',
  priceSource: 'parley.usage.price_source',
  cancelled: 'parley.usage.cancelled',
  hedged: 'parley.usage.hedged',
  lost: 'parley.usage.lost',
} as const;

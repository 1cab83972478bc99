/** Where the execution stands that asks for a call; enough to tell one wish to call from another. */
export type Origin = {
  workflowId: string;
  executionId: string;
  nodeId: string;
  /** Counts the rounds of a loop. */
  runIndex: number;
  itemIndex: number;
};

export type DispatchBody = Record<string, unknown>;

/** A parameter that cannot be read. The message says which, and what to write instead. */
export class ParameterError extends Error {}

/**
 * The same for every repetition of one node run, so that a retried node finds the call it placed before; another in every
 * round of a loop, for every item and in every new execution. At most 255 visible ASCII characters, as the API asks.
 */
export function idempotencyKey(origin: Origin): string {
  const { workflowId, executionId, nodeId, runIndex, itemIndex } = origin;
  const parts = ['n8n', workflowId, executionId, nodeId, runIndex, itemIndex];
  return parts
    .map((part) =>
      String(part)
        .replace(/[^A-Za-z0-9_-]/g, '_')
        .slice(0, 64),
    )
    .join('-');
}

/** The body of `POST /api/dispatch`, from what the node's fields hold. Empty fields are left out. @throws ParameterError */
export function dispatchBody(fields: {
  to: string;
  agent: string;
  variables: unknown;
  options: Record<string, unknown>;
  /** IANA name; what a time without an offset is meant in. */
  timezone: string;
  resumeUrl?: string;
}): DispatchBody {
  const { to, agent, options, timezone, resumeUrl } = fields;
  const time = (name: string, label: string) =>
    isSet(options[name]) ? withOffset(options[name], timezone, label) : undefined;
  const windowHours = first(options['window']);
  const retry = first(options['retry']);
  const webhook = first(options['webhook']);
  const voicemail = first(options['voicemail']);
  return present({
    to: to.trim(),
    agent,
    variables: textValues(readJson(fields.variables, 'Variables')),
    playbook: options['playbook'],
    from: asText(options['from']),
    trunk_id: options['trunkId'],
    pipeline: readPipeline(options['pipeline']),
    metadata: readJson(options['metadata'], 'Metadata'),
    lead: readLead(options['lead']),
    schedule: group({
      not_before: time('notBefore', 'Not Before'),
      not_after: time('notAfter', 'Not After'),
      window: windowHours && present({ timezone, ...present(windowHours) }),
    }),
    retry:
      retry && present({ max_attempts: retry['maxAttempts'], on: retry['on'], delays: readSeconds(retry['delays']) }),
    voicemail: voicemail && present(voicemail),
    limits: group({
      ring_seconds: options['ringSeconds'],
      max_minutes: options['maxMinutes'],
      silence_seconds: options['silenceSeconds'],
      max_cost_usd: options['maxCostUsd'],
    }),
    webhook: webhook && present({ url: webhook['url'], events: webhook['events'] }),
    resume_url: resumeUrl,
    dry_run: options['dryRun'] || undefined,
  });
}

/** Recipients sent with one request; the API takes at most 1 MB. */
export const recipientsAtOnce = 200;

/** The body of `POST /api/campaigns`, from what the node's fields hold. Empty fields are left out. @throws ParameterError */
export function campaignBody(fields: {
  name: string;
  agent: string;
  variables: unknown;
  leads: unknown;
  pacing: Record<string, unknown>;
  start: boolean;
  /** As those of a call. */
  options: Record<string, unknown>;
  timezone: string;
}): Record<string, unknown> {
  const { name, agent, variables, options, timezone, pacing } = fields;
  const ofOneCall = new Set(['to', 'resume_url', 'webhook', 'lead']);
  const call = dispatchBody({ to: '-', agent, variables, options, timezone });
  const order = Object.fromEntries(Object.entries(call).filter(([field]) => !ofOneCall.has(field)));
  const leads = readJson(fields.leads, 'Leads');
  return present({
    ...order,
    name: name.trim(),
    pacing: group({
      max_calls: pacing['maxCalls'],
      calls_per_minute: pacing['callsPerMinute'],
      max_conversations: pacing['maxConversations'],
    }),
    max_spend_usd: pacing['maxSpendUsd'],
    leads: leads && Object.keys(leads).length > 0 ? leads : undefined,
    start: fields.start || undefined,
  });
}

/** One entry of `recipients`. @throws ParameterError */
export function recipientBody({ to, variables }: { to: string; variables: unknown }): Record<string, unknown> {
  const { to: number, variables: values } = dispatchBody({ to, agent: '-', variables, options: {}, timezone: 'UTC' });
  return { to: number, ...(values !== undefined && { variables: values }) };
}

/** Statuses in which a campaign does nothing more by itself: over, or somebody has to look. */
export function isAtRest(campaign: Record<string, unknown>): boolean {
  return ['completed', 'canceled', 'paused'].includes(String(campaign['status']));
}

/** An object, from the object or the JSON text that a field of the kind JSON holds. @throws ParameterError */
export function readJson(value: unknown, label: string): Record<string, unknown> | undefined {
  if (!isSet(value)) return undefined;
  const read = typeof value === 'string' ? parse(value, label) : value;
  if (typeof read !== 'object' || read === null || Array.isArray(read))
    throw new ParameterError(`${label}: write a JSON object, such as {"name": "Ada"}`);
  return read as Record<string, unknown>;
}

/** n8n's date fields give a time without an offset, meant in the workflow's timezone; the API asks for one. @throws ParameterError */
export function withOffset(value: unknown, timezone: string, label: string): string {
  const text = String(value).trim();
  const hasOffset = /(Z|[+-]\d{2}:?\d{2})$/i.test(text) && text.includes('T');
  const asUtc = Date.parse(hasOffset ? text : `${text.replace(' ', 'T')}${text.length <= 10 ? 'T00:00:00' : ''}Z`);
  if (Number.isNaN(asUtc)) throw new ParameterError(`${label}: write a time such as 2026-05-04T12:00:00`);
  if (hasOffset) return new Date(asUtc).toISOString();
  // The offset is asked for at the first guess and again at the result: between the two a clock change may lie.
  const guess = asUtc - offsetMs(asUtc, timezone);
  return new Date(asUtc - offsetMs(guess, timezone)).toISOString();
}

function offsetMs(at: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign, hours, minutes] = /GMT([+-])(\d{2}):(\d{2})/.exec(name) ?? [];
  return sign ? Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)) * 60_000 : 0;
}

/** A preset's name, or JSON that replaces single stages. */
function readPipeline(value: unknown): unknown {
  return typeof value === 'string' && value.trim().startsWith('{') ? parse(value, 'Pipeline') : value;
}

/** The id of a lead, or JSON of a lead to create or update. */
function readLead(value: unknown): unknown {
  if (typeof value !== 'string' || !value.trim().startsWith('{')) return value;
  const { data, ...fields } = readJson(value, 'Lead') ?? {};
  return present({ ...textValues(fields), data });
}

/** What is text for the API: spreadsheets and earlier nodes give numbers and booleans, which are written out. */
export function asText(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}

/** Texts for the API. A cell that was empty is null here, and left out: the API then takes the agent's default. */
function textValues(values: Record<string, unknown> | undefined): Record<string, unknown> | undefined {
  if (!values) return undefined;
  const given = Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, asText(value)]));
}

function readSeconds(value: unknown): number[] | undefined {
  if (!isSet(value)) return undefined;
  const seconds = String(value)
    .split(',')
    .map((each) => Number(each.trim()));
  if (seconds.some((each) => !Number.isInteger(each)))
    throw new ParameterError('Delays: write seconds, separated by commas, such as 300, 900');
  return seconds;
}

function parse(text: string, label: string): unknown {
  const read = attempt(() => JSON.parse(text) as unknown);
  if ('error' in read) throw new ParameterError(`${label}: this is not JSON. ${read.error}`);
  return read.value;
}

function attempt<T>(work: () => T): { value: T } | { error: string } {
  try {
    return { value: work() };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

/** The one entry of n8n's fixed collection. */
function first(value: unknown): Record<string, unknown> | undefined {
  const entry = (value as { values?: Record<string, unknown> } | undefined)?.values;
  return entry && Object.keys(entry).length > 0 ? entry : undefined;
}

function group(fields: Record<string, unknown>): Record<string, unknown> | undefined {
  const given = present(fields);
  return Object.keys(given).length > 0 ? given : undefined;
}

export function present(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => isSet(value)));
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
}

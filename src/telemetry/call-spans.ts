import { type Attributes, type Context, context, createContextKey, trace } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-node';
import type { ProviderUsage } from '../../pipelines/index.ts';
import { attribute } from './attributes.ts';
import { arrangeContent } from './span-content.ts';
import { noUsageAttributes, type Price, usageAttributes } from './usage-attributes.ts';

/** How long a request that ended without a bill is kept for it; OpenRouter's comes within seconds. */
const billWaitMs = 10_000;

/** What the spans of one call have in common. */
export type SpanOwner = { stamps: Attributes; isOver: boolean };

/** Set in the context in which the first span of a call begins; those beneath it inherit from their parent. */
export const ownerKey = createContextKey('parley.call');

/** Attribute under which a voice tells on its span what it speaks. */
const spokenText = 'lk.pii.input_text';

/** One request of the SDK to a model or a voice, which may take several attempts of several providers. */
type Request = {
  role: 'llm' | 'tts';
  span: Span;
  owner: SpanOwner;
  uses: Use[];
  text: string;
  /** Ended, and kept until its bill comes. */
  held: NodeJS.Timeout | undefined;
  settled: boolean;
};
type Use = { usage: ProviderUsage; price: Price };

const requestNames: Readonly<Record<string, Request['role']>> = { llm_request: 'llm', tts_request: 'tts' };
const types: Readonly<Record<string, string>> = { agent_turn: 'agent', function_tool: 'tool' };

/**
 * Makes of the SDK's spans those of a call: each says whose it is, what it is, what was said and what it cost. Each use of a
 * provider is counted on exactly one span: on the request it served, else on a span of its own beneath it.
 */
export class CallSpans implements SpanProcessor {
  readonly #content: boolean;
  readonly #deliver: (span: ReadableSpan) => void;
  readonly #onError: (error: unknown) => void;
  readonly #owners = new WeakMap<object, SpanOwner>();
  readonly #requests = new WeakMap<object, Request>();
  readonly #held = new Set<Request>();

  constructor({
    content,
    deliver,
    onError,
  }: {
    content: boolean;
    deliver: (span: ReadableSpan) => void;
    onError: (error: unknown) => void;
  }) {
    this.#content = content;
    this.#onError = onError;
    this.#deliver = deliver;
  }

  onStart(span: Span, parentContext: Context): void {
    this.#safely(span, () => this.#adopt(span, parentContext));
  }

  #adopt(span: Span, parentContext: Context): void {
    const parent = trace.getSpan(parentContext);
    const owner = (parent && this.#owners.get(parent)) ?? (parentContext.getValue(ownerKey) as SpanOwner | undefined);
    if (!owner) return;
    this.#owners.set(span, owner);
    span.setAttributes(owner.stamps);
    const role = requestNames[span.name];
    const request: Request | undefined = role
      ? { role, span, owner, uses: [], text: '', held: undefined, settled: false }
      : parent && this.#requests.get(parent);
    if (request) this.#requests.set(span, request);
  }

  /**
   * Counts a use for the request in whose course it is reported.
   * @returns false when there is none: the caller then makes a span for it
   */
  count(usage: ProviderUsage, price: Price, owner: SpanOwner): boolean {
    const active = trace.getSpan(context.active());
    const request = active && this.#requests.get(active);
    if (request?.owner !== owner || request.role !== usage.role) return false;
    const use = { usage, price };
    if (!request.span.ended) request.uses.push(use);
    else if (request.held && this.#isServing(use, request)) {
      write(request.span, usageAttributes(usage, price));
      this.#settle(request);
    } else this.#addAttempt(use, request);
    return true;
  }

  onEnding(span: Span): void {
    if (this.#owners.has(span)) this.#safely(span, () => this.#complete(span));
  }

  #complete(span: Span): void {
    const { attributes } = span;
    const request = this.#requests.get(span);
    const spoken = attributes[spokenText];
    if (request && typeof spoken === 'string') this.#tell(request, spoken);
    if (request?.span === span) this.#bill(request);
    attributes[attribute.type] ??= types[span.name] ?? 'span';
    arrangeContent(span, { content: this.#content });
  }

  onEnd(span: ReadableSpan): void {
    if (!this.#owners.has(span)) return;
    const request = this.#requests.get(span);
    if (request?.span !== span || request.uses.length > 0 || request.owner.isOver) return this.#deliver(span);
    request.held = setTimeout(() => this.#settle(request), billWaitMs);
    request.held.unref();
    this.#held.add(request);
  }

  /** No more bills come for this call. */
  release(owner: SpanOwner): void {
    for (const request of this.#held) if (request.owner === owner) this.#settle(request);
  }

  forceFlush(): Promise<void> {
    for (const request of this.#held) this.#settle(request);
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return this.forceFlush();
  }

  /** The SDK ends its spans in the middle of a call, which goes on whatever happens here; the span is then not sent. */
  #safely(span: Span, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#owners.delete(span);
      this.#onError(error);
    }
  }

  #tell(request: Request, spoken: string): void {
    request.text += spoken;
    if (this.#content && request.role === 'tts') write(request.span, { [attribute.input]: request.text });
  }

  /** The use that served is on the request itself; the SDK's own count of tokens makes room for it. */
  #bill(request: Request): void {
    const { span, role, uses } = request;
    for (const name of Object.keys(span.attributes)) if (name.startsWith('gen_ai.usage.')) delete span.attributes[name];
    const serving =
      uses.findLast((use) => isAnswer(use, span)) ?? uses.findLast(({ usage }) => !usage.cancelled) ?? uses.at(-1);
    span.setAttributes(serving ? usageAttributes(serving.usage, serving.price) : noUsageAttributes(role));
    for (const use of uses) if (use !== serving) this.#addAttempt(use, request);
  }

  #isServing(use: Use, { span }: Request): boolean {
    return span.attributes['gen_ai.response.id'] === undefined || isAnswer(use, span);
  }

  #settle(request: Request): void {
    clearTimeout(request.held);
    request.held = undefined;
    this.#held.delete(request);
    if (request.settled) return;
    request.settled = true;
    this.#deliver(request.span);
  }

  /** A provider that did not serve the answer, but is paid all the same. */
  #addAttempt({ usage, price }: Use, { span, role }: Request): void {
    const attempt = trace
      .getTracer('parley')
      .startSpan(
        `${role}_attempt`,
        { startTime: span.startTime, attributes: usageAttributes(usage, price) },
        trace.setSpan(context.active(), span),
      );
    attempt.end(span.ended ? span.endTime : undefined);
  }
}

function isAnswer({ usage }: Use, { attributes }: Span): boolean {
  return usage.requestId !== undefined && attributes['gen_ai.response.id'] === usage.requestId;
}

/** Also where the span has ended, and waits to be sent. */
function write(span: Span, attributes: Attributes): void {
  if (span.ended) Object.assign(span.attributes, attributes);
  else span.setAttributes(attributes);
}

import { createHash, createHmac } from 'node:crypto';
import { type Attributes, type Context, context, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Call, Turn } from '../calls/call.ts';
import { endReasons } from '../calls/end/end-reason.ts';
import { attribute } from './attributes.ts';
import { type CallSpans, ownerKey, type SpanOwner } from './call-spans.ts';
import type { CallTrace } from './telemetry.ts';
import { usageAttributes } from './usage-attributes.ts';

type Options = {
  spans: CallSpans;
  content: boolean;
  environment: string;
  /** Key under which numbers become names that tell nothing. */
  secret: string;
  /** The context of the trace that asked for the call, or an empty one. */
  asked: Context;
};

/** Begins the trace of a call: one span for the call, beneath which everything else stands. */
export function startCallTrace(call: Call, { spans, content, environment, secret, asked }: Options): CallTrace {
  const owner: SpanOwner = { stamps: stampsOf(call, { environment, secret }), isOver: false };
  const tracer = trace.getTracer('parley');
  const ownContext = asked.setValue(ownerKey, owner);
  const root = tracer.startSpan('call', { attributes: callAttributes(call, content) }, ownContext);
  const inCall = trace.setSpan(ownContext, root);
  const heard: string[] = [];
  let heardUntil = Date.now();

  return {
    run: (work) => context.with(inCall, work),
    used: (usage, price) => {
      if (owner.isOver || spans.count(usage, price, owner)) return;
      const words = usage.role === 'stt' ? heard.splice(0).join('\n') : '';
      const endTime = Date.now();
      const attributes = {
        ...usageAttributes(usage, price),
        ...(content && words && { [attribute.output]: words }),
      };
      if (usage.role !== 'stt') {
        tracer.startSpan(`${usage.role}_attempt`, { attributes }, inCall).end();
        return;
      }
      tracer.startSpan('stt_request', { startTime: heardUntil, attributes }, inCall).end(endTime);
      heardUntil = endTime;
    },
    heard: (text) => {
      if (content) heard.push(text);
    },
    end: ({ reason, hungUpBy, talkedSeconds, costUsd, turns }) => {
      if (owner.isOver) return;
      owner.isOver = true;
      spans.release(owner);
      const { outcome, fault } = endReasons[reason];
      root.setAttributes({
        ...withMetadata({
          [attribute.outcome]: outcome,
          [attribute.endReason]: reason,
          [attribute.callCost]: Number(costUsd),
        }),
        [attribute.fault]: fault,
        [attribute.hungUpBy]: hungUpBy,
        ...(talkedSeconds !== undefined && { [attribute.durationSeconds]: Math.round(talkedSeconds * 10) / 10 }),
        ...(content && wordsOf(turns)),
      });
      if (outcome === 'failed') root.setStatus({ code: SpanStatusCode.ERROR, message: reason });
      root.end();
    },
  };
}

/** 32 hexadecimal digits that follow from the id alone: a session that takes a call over goes on in the same trace. */
export function traceIdOf(callId: string): string {
  return createHash('sha256').update(callId).digest('hex').slice(0, 32);
}

function stampsOf(call: Call, { environment, secret }: { environment: string; secret: string }): Attributes {
  const user = call.leadId ?? (call.phoneNumber && nameOfNumber(call.phoneNumber, secret));
  return {
    [attribute.session]: call.id,
    [attribute.conversation]: call.id,
    [attribute.callId]: call.id,
    [attribute.environment]: environment,
    [attribute.traceName]: `call ${call.agent}`,
    [attribute.tags]: [call.direction, call.agent, call.pipeline],
    ...(user && { [attribute.user]: user }),
  };
}

/** The same for all calls of a number, and of no use to whoever has not the secret: numbers are too few for a bare hash. */
function nameOfNumber(number: string, secret: string): string {
  return `phone_${createHmac('sha256', secret).update(number).digest('hex').slice(0, 16)}`;
}

function callAttributes(call: Call, content: boolean): Attributes {
  const own = Object.entries(content ? call.metadata : {}).map(([key, value]) => [
    attribute.traceMetadata + key,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return {
    ...Object.fromEntries(own),
    ...withMetadata({
      [attribute.tenant]: call.tenantId,
      [attribute.agent]: call.agent,
      [attribute.direction]: call.direction,
      [attribute.pipeline]: call.pipeline,
      [attribute.attempt]: call.attempt,
    }),
    ...(content && call.phoneNumber && { [attribute.phoneNumber]: call.phoneNumber }),
  };
}

/** The same values once more where Langfuse filters by them. */
function withMetadata(attributes: Record<string, string | number>): Attributes {
  const copies = Object.entries(attributes).map(([key, value]) => [
    attribute.traceMetadata + key.slice('parley.call.'.length),
    value,
  ]);
  return { ...attributes, ...Object.fromEntries(copies) };
}

/** The first words of the caller, and the whole conversation. */
function wordsOf(turns: readonly Turn[]): Attributes {
  const first = turns.find(({ role }) => role === 'caller');
  const said = turns.map(({ role, text }) => ({ role: role === 'caller' ? 'user' : 'assistant', content: text }));
  return {
    ...(first && { [attribute.input]: first.text }),
    ...(said.length > 0 && { [attribute.output]: JSON.stringify(said) }),
  };
}

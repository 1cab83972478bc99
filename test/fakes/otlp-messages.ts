import { gunzipSync } from 'node:zlib';
import protobuf from 'protobufjs';

/** The part of opentelemetry-proto that traces use; fields as in `opentelemetry/proto/trace/v1/trace.proto`. */
const schema = `
syntax = "proto3";
message ExportTraceServiceRequest { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
message Resource { repeated KeyValue attributes = 1; }
message ScopeSpans { InstrumentationScope scope = 1; repeated Span spans = 2; }
message InstrumentationScope { string name = 1; string version = 2; }
message Span {
  bytes trace_id = 1;
  bytes span_id = 2;
  string trace_state = 3;
  bytes parent_span_id = 4;
  string name = 5;
  int32 kind = 6;
  fixed64 start_time_unix_nano = 7;
  fixed64 end_time_unix_nano = 8;
  repeated KeyValue attributes = 9;
  repeated Event events = 11;
  repeated Link links = 13;
  Status status = 15;
}
message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; }
message Link { bytes trace_id = 1; bytes span_id = 2; }
message Status { string message = 2; int32 code = 3; }
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue {
  oneof value {
    string string_value = 1;
    bool bool_value = 2;
    int64 int_value = 3;
    double double_value = 4;
    ArrayValue array_value = 5;
    KeyValueList kvlist_value = 6;
    bytes bytes_value = 7;
  }
}
message ArrayValue { repeated AnyValue values = 1; }
message KeyValueList { repeated KeyValue values = 1; }
`;
const requestType = protobuf.parse(schema).root.lookupType('ExportTraceServiceRequest');

type AnyValue = {
  stringValue?: string;
  boolValue?: boolean;
  intValue?: number | string;
  doubleValue?: number;
  arrayValue?: { values?: AnyValue[] };
};
type KeyValue = { key: string; value?: AnyValue };
type WireSpan = {
  traceId?: string;
  spanId?: string;
  parentSpanId?: string;
  name?: string;
  startTimeUnixNano?: string;
  endTimeUnixNano?: string;
  attributes?: unknown;
  events?: { name: string; attributes?: KeyValue[] }[];
  status?: { code?: number; message?: string };
};
type Request = {
  resourceSpans?: {
    resource?: { attributes?: KeyValue[] };
    scopeSpans?: { scope?: { name?: string }; spans?: WireSpan[] }[];
  }[];
};

export type Value = string | number | boolean | undefined | Value[];
export type OtlpSpan = {
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  name: string;
  scope: string;
  startMs: number;
  endMs: number;
  attributes: Record<string, Value>;
  events: { name: string; attributes: Record<string, Value> }[];
  status: { code?: number; message?: string };
  resource: Record<string, Value>;
};

/** Reads one export, in either encoding. @throws when one span of it is malformed, as servers refuse the whole batch */
export function readExport(body: Buffer, { type, encoding }: { type: string; encoding: string | undefined }) {
  const plain = encoding === 'gzip' ? gunzipSync(body) : body;
  const request = type.includes('json') ? (JSON.parse(plain.toString()) as Request) : decoded(plain);
  return (request.resourceSpans ?? []).flatMap(({ resource, scopeSpans }) =>
    (scopeSpans ?? []).flatMap(({ scope, spans }) =>
      (spans ?? []).map((span) => readSpan(span, scope?.name ?? '', valuesOf(resource?.attributes ?? []))),
    ),
  );
}

function decoded(bytes: Buffer): Request {
  const message = requestType.decode(bytes);
  return requestType.toObject(message, { longs: String, bytes: String }) as Request;
}

function readSpan(span: WireSpan, scope: string, resource: Record<string, Value>): OtlpSpan {
  const attributes = span.attributes ?? [];
  if (!Array.isArray(attributes)) throw new Error('attributes is not an array');
  return {
    traceId: idOf(span.traceId, 16),
    spanId: idOf(span.spanId, 8),
    parentSpanId: span.parentSpanId ? idOf(span.parentSpanId, 8) : undefined,
    name: span.name ?? '',
    scope,
    startMs: Number(span.startTimeUnixNano) / 1e6,
    endMs: Number(span.endTimeUnixNano) / 1e6,
    attributes: valuesOf(attributes as KeyValue[]),
    events: (span.events ?? []).map((event) => ({ name: event.name, attributes: valuesOf(event.attributes ?? []) })),
    status: span.status ?? {},
    resource,
  };
}

/** Hexadecimal in JSON, base64 here where it came as bytes. */
function idOf(text: string | undefined, bytes: number): string {
  if (text && new RegExp(`^[0-9a-f]{${bytes * 2}}$`).test(text)) return text;
  const raw = Buffer.from(text ?? '', 'base64');
  if (raw.length !== bytes) throw new Error(`an id has ${raw.length} bytes instead of ${bytes}`);
  return raw.toString('hex');
}

function valuesOf(attributes: KeyValue[]): Record<string, Value> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, valueOf(value)]));
}

function valueOf(value: AnyValue | undefined): Value {
  if (value?.intValue !== undefined) return Number(value.intValue);
  if (value?.arrayValue) return (value.arrayValue.values ?? []).map(valueOf);
  return value?.stringValue ?? value?.doubleValue ?? value?.boolValue;
}

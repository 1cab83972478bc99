/** Where spans go: an OTLP/HTTP address with its headers. */
export type TraceDestination = { url: string; headers: Record<string, string> };

export type TelemetryConfig = {
  /** None: nothing is traced. */
  destinations: TraceDestination[];
  /** Whether words and phone numbers may leave with the spans. */
  content: boolean;
  serviceName: string;
  environment: string;
};

type Read = {
  OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
  OTEL_EXPORTER_OTLP_HEADERS?: string | undefined;
  OTEL_SERVICE_NAME: string;
  LANGFUSE_PUBLIC_KEY?: string | undefined;
  LANGFUSE_SECRET_KEY?: string | undefined;
  LANGFUSE_HOST: string;
  LANGFUSE_TRACING_ENVIRONMENT: string;
  PARLEY_TELEMETRY_CONTENT: boolean;
};

/** A setting that is wrong or missing, what is wrong with it, and how to fix it. */
export type TelemetryProblem = {
  name: 'OTEL_EXPORTER_OTLP_HEADERS' | 'LANGFUSE_PUBLIC_KEY' | 'LANGFUSE_SECRET_KEY';
  message: string;
};

/** Without it Langfuse shows a trace after minutes. */
const langfuseHeaders = { 'x-langfuse-ingestion-version': '4' };
const langfusePath = '/api/public/otel';

/** What the settings of telemetry come to, with what is wrong with them. Both a collector and Langfuse may be named. */
export function telemetryConfig(read: Read): { telemetry: TelemetryConfig; problems: TelemetryProblem[] } {
  const problems: TelemetryProblem[] = [];
  const destinations: TraceDestination[] = [];
  const endpoint = read.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint) {
    const headers = readHeaders(read.OTEL_EXPORTER_OTLP_HEADERS);
    if (headers) destinations.push(destination(endpoint, headers));
    else
      problems.push({
        name: 'OTEL_EXPORTER_OTLP_HEADERS',
        message:
          'OTEL_EXPORTER_OTLP_HEADERS is not valid. Use key=value pairs separated by commas, with percent-encoded values: Authorization=Basic%20….',
      });
  }
  const { LANGFUSE_PUBLIC_KEY: publicKey, LANGFUSE_SECRET_KEY: secretKey } = read;
  if (publicKey && secretKey) {
    const basic = Buffer.from(`${publicKey}:${secretKey}`).toString('base64');
    const base = read.LANGFUSE_HOST.replace(/(?<!\/)\/+$/, '');
    const address = base.endsWith(langfusePath) ? base : base + langfusePath;
    destinations.push(destination(address, { Authorization: `Basic ${basic}` }));
  } else if (publicKey || secretKey) {
    const name = publicKey ? 'LANGFUSE_SECRET_KEY' : 'LANGFUSE_PUBLIC_KEY';
    const message = `${name} is missing. Langfuse needs both keys of one project (project settings, API keys).`;
    problems.push({ name, message });
  }
  return {
    telemetry: {
      destinations,
      content: read.PARLEY_TELEMETRY_CONTENT,
      serviceName: read.OTEL_SERVICE_NAME,
      environment: read.LANGFUSE_TRACING_ENVIRONMENT,
    },
    problems,
  };
}

function destination(endpoint: string, headers: Record<string, string>): TraceDestination {
  const url = new URL(endpoint);
  const base = url.pathname.replace(/(?<!\/)\/+$/, '');
  url.pathname = base.endsWith('/v1/traces') ? base : `${base}/v1/traces`;
  return { url: url.href, headers: { ...(base.includes(langfusePath) && langfuseHeaders), ...headers } };
}

/** W3C baggage syntax, as OpenTelemetry has it. Undefined when it is not. */
function readHeaders(text: string | undefined): Record<string, string> | undefined {
  const headers: Record<string, string> = {};
  for (const pair of (text ?? '').split(',').filter((part) => part.trim())) {
    const [name = '', ...parts] = pair.split('=').map((part) => part.trim());
    const value = parts.join('=');
    if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(name) || parts.length === 0) return undefined;
    try {
      headers[name] = decodeURIComponent(value);
    } catch {
      return undefined;
    }
    if (/[^\t\x20-\x7e]/.test(headers[name])) return undefined;
  }
  return headers;
}
